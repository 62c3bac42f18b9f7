export const INTERFACE_NAME_SIZE = 16;
const IFREQ_SIZE = 40;

/** struct ifreq (netdevice(7)) with its name; what is asked or told, from byte 16 on, is 0. */
export function interfaceRequest(name: string): Uint8Array {
  const request = new Uint8Array(IFREQ_SIZE);
  request.set(new TextEncoder().encode(name).subarray(0, INTERFACE_NAME_SIZE - 1));
  return request;
}
