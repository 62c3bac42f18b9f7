/**
 * A data table: how the kernel looks up the fields that matches test, and what a write to a column
 * means to it.
 */
import type { NarrowFieldName } from '../../netstack/sets/field.ts';
import * as layout from './table-layout.ts';

/** Fields that the kernel looks up: not those of IPv6 and of later fragments, which it drops. */
export type KernelField = Exclude<NarrowFieldName, 'laterFragment'>;

/** Fields as steps of the classifier name them. */
export const STEP_FIELDS: Readonly<Record<KernelField, number>> = {
  etherType: layout.STEP_ETHER_TYPE,
  tagged: layout.STEP_TAGGED,
  ingress: layout.STEP_INGRESS,
  proto: layout.STEP_PROTO,
  src: layout.STEP_SRC,
  dst: layout.STEP_DST,
  sport: layout.STEP_SPORT,
  dport: layout.STEP_DPORT,
};

/** How many values a field has, of those that are looked up directly. */
export const FIELD_VALUES: Readonly<Record<string, number>> = {
  etherType: 65_536,
  tagged: 2,
  ingress: 256,
  proto: 256,
  sport: 65_536,
  dport: 65_536,
};

/** Columns that the policy read: a write to one voids the stamp. */
export const POLICY_COLUMNS: ReadonlySet<string> = new Set([
  'meta.egress',
  'vlan.id',
  'ipv4.src',
  'ipv4.dst',
  'ipv4.ttl',
  'l4.sport',
  'l4.dport',
  'icmp.type',
  'icmp.code',
  'quoted.ipv4.src',
  'quoted.ipv4.dst',
  'quoted.ipv4.proto',
  'quoted.l4.sport',
  'quoted.l4.dport',
]);
/** After the stamp these may change within a declared range: source translation. */
export const TRANSLATED_COLUMNS: ReadonlySet<string> = new Set(['ipv4.src', 'l4.sport']);

/** The field that tests a column. */
export const FIELD_OF_COLUMN: Readonly<Record<string, string>> = {
  'ipv4.src': 'src',
  'ipv4.dst': 'dst',
  'l4.sport': 'sport',
  'l4.dport': 'dport',
  'vlan.id': 'tagged',
};
