/**
 * ICMP, in two places: what is addressed to the router, and errors for what it could not carry.
 */
import { setInterface } from 'sluice/interfaces';
import { openErrorRate } from './error-rate';
import { processErrors } from './errors';
import { processLocal } from './local';
import { begin, local, place, receives } from './manifest';

export function initialize(): void {
  openErrorRate();
}

export function process(): void {
  begin();
  if (place() == local.PLACE) processLocal();
  else processErrors();
}

export function receive(): void {
  begin();
  for (let entry = receives.first(); entry < receives.end(); entry = receives.next(entry)) {
    let record = receives.firstRecord(entry);
    for (let left = receives.records(entry); left > 0; left--) {
      setInterface(
        receives.interfaces.port(record), receives.interfaces.address(record),
        receives.interfaces.length(record), receives.interfaces.mac(record),
      );
      record += receives.interfaces.SIZE;
    }
  }
}
