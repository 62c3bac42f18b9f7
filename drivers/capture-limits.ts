/** No record is longer, as in libpcap and Wireshark: a greater length means a damaged file. */
export const CAPTURED_LENGTH_MAX = 262_144;

/** Of the time of a record: 2106. */
export const SECONDS_MAX = 0xffff_ffff;
