/**
 * What the router itself asks other hosts, and only when its console says so: echo requests, and
 * their replies (RFC 792). All other ICMP to the router goes on as it came.
 */
import { ICMP_ECHO_REPLY } from 'sluice/icmp';
import { setInterface } from 'sluice/interfaces';
import { begin, place, receives, replies, rowCount, sends } from './manifest';
import { closeQuestion } from './questions';
import { sendRequest } from './request';

export function initialize(): void {}

export function process(): void {
  begin();
  if (place() != replies.PLACE) return;
  const count = rowCount();
  for (let row: u32 = 0; row < count; row++) {
    const token = replies.payload(row);
    const isReply = replies.icmpType(row) == ICMP_ECHO_REPLY;
    if (isReply && closeQuestion(replies.ipv4Src(row), token)) {
      sends.replied(token);
      replies.setVerdict(row, replies.CONSUME);
    } else replies.setVerdict(row, replies.OUTPUT_OTHER);
  }
}

export function receive(): void {
  begin();
  for (let entry = receives.first(); entry < receives.end(); entry = receives.next(entry)) {
    let record = receives.firstRecord(entry);
    const isRequest = receives.messageType(entry) == receives.requests.TYPE;
    for (let left = receives.records(entry); left > 0; left--) {
      if (isRequest) {
        sendRequest(
          receives.requests.port(record), receives.requests.address(record),
          receives.requests.token(record), receives.requests.sequence(record),
        );
        record += receives.requests.SIZE;
      } else {
        setInterface(
          receives.interfaces.port(record), receives.interfaces.address(record),
          receives.interfaces.length(record), receives.interfaces.mac(record),
        );
        record += receives.interfaces.SIZE;
      }
    }
  }
}
