/**
 * ARP for the router's own addresses and its neighbours (RFC 826), with the restraint of RFC 1122
 * 2.3.2 and RFC 1812 3.3.2: it believes only senders that may be on the port's wire.
 */
import { ROW_NONE } from 'sluice/abi';
import { MAC_BROADCAST, isGroupMac } from 'sluice/address';
import {
  ARP_OPERATION, ARP_REPLY, ARP_REQUEST, ARP_SENDER, ARP_SENDER_MAC, ARP_TARGET,
} from 'sluice/arp';
import { ETHERNET_FRAME_SIZE_MIN } from 'sluice/ethernet';
import { interfaceAddress, interfaceMac, isConfigured, setInterface } from 'sluice/interfaces';
import { SLOT_NONE } from 'sluice/key-table';
import { appendFrame } from 'sluice/region';
import { wire16, wire32, wireMac } from 'sluice/wire';
import {
  DROP_BAD_ARP_SENDER, DROP_MALFORMED_ARP, DROP_NOT_FOR_ROUTER, begin, frames, now, receives,
  rowCount, rows, sends,
} from './manifest';
import { addRange, isNeighbor } from './neighbor-ranges';
import { buildFrame, isWellFormed } from './packet';
import {
  closeQuestion, countRequest, isAskDue, isOpen, isRequestAllowed, isWorthAsking, openQuestion,
  questionAddress, questionMac, questionPort, questionsMax,
} from './questions';

/** Answers at one instant: whoever asks a lot leaves room for the router's own questions. */
const answersAtOnceMax: u32 = 128;
let answersAt: i64 = -1;
let answers: u32 = 0;

export function initialize(): void {}

export function process(): void {
  begin();
  const count = rowCount();
  for (let row: u32 = 0; row < count; row++) rows.setVerdict(row, judge(row));
}

function judge(row: u32): u32 {
  const packet = rows.payload(row);
  const port = rows.metaIngress(row);
  if (!isWellFormed(packet)) return DROP_MALFORMED_ARP;
  if (!isConfigured(port)) return DROP_NOT_FOR_ROUTER;
  const isRequest = wire16(packet + ARP_OPERATION) == ARP_REQUEST;
  const mac = wireMac(packet + ARP_SENDER_MAC);
  const sender = wire32(packet + ARP_SENDER);
  const target = wire32(packet + ARP_TARGET);
  // RFC 1812 3.3.2; and nobody speaks for another.
  if (mac == 0 || isGroupMac(mac) || mac != rows.ethSrc(row)) return DROP_BAD_ARP_SENDER;
  // RFC 5227: a probe names no sender. Claims to the router's own address are never believed.
  const isProbe = isRequest && sender == 0;
  if (!isProbe && !isNeighbor(port, sender)) return DROP_BAD_ARP_SENDER;

  const isForRouter = target == interfaceAddress(port);
  const isAnnouncement = target == sender;
  if (!isRequest && !isForRouter && !isAnnouncement) return DROP_NOT_FOR_ROUTER;
  if (!isProbe) learn(port, sender, mac);
  if (isRequest && isForRouter) answer(row, port, mac, sender);
  return isForRouter || isAnnouncement ? rows.CONSUME : DROP_NOT_FOR_ROUTER;
}

/** RFC 826 merges what any packet tells; `solicited` is what the router had asked for. */
function learn(port: u32, sender: u32, mac: u64): void {
  const solicited = closeQuestion(port, sender);
  sends.learned(port, sender, mac, solicited ? 1 : 0);
}

function answer(row: u32, port: u32, mac: u64, sender: u32): void {
  if (answersAt != now()) answers = 0;
  answersAt = now();
  if (answers++ >= answersAtOnceMax) return;
  const frame = appendFrame(frames, ETHERNET_FRAME_SIZE_MIN, rows.OUTPUT_ANSWER, port, row, 0);
  if (frame == 0) return;
  buildFrame(frame, ARP_REPLY, mac, interfaceMac(port), interfaceAddress(port), mac, sender);
}

export function receive(): void {
  begin();
  for (let entry = receives.first(); entry < receives.end(); entry = receives.next(entry)) {
    const type = receives.messageType(entry);
    let record = receives.firstRecord(entry);
    for (let left = receives.records(entry); left > 0; left--) {
      if (type == receives.resolve.TYPE) {
        resolve(
          receives.resolve.port(record), receives.resolve.address(record),
          receives.resolve.mac(record),
        );
        record += receives.resolve.SIZE;
      } else if (type == receives.neighbors.TYPE) {
        const first = receives.neighbors.first(record), last = receives.neighbors.last(record);
        if (!addRange(first, last, receives.neighbors.port(record))) sends.refused(first, last);
        record += receives.neighbors.SIZE;
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

/** Asks for a neighbour of the port; any other address is not to be found on its wire. */
function resolve(port: u32, address: u32, mac: u64): void {
  if (!isConfigured(port) || !isNeighbor(port, address)) return;
  const question = openQuestion(port, address, isGroupMac(mac) ? 0 : mac, now());
  if (question != SLOT_NONE) ask(question);
}

/** Every question that is due is asked again. */
export function tick(): void {
  begin();
  for (let question: u32 = 0; question < questionsMax; question++) {
    if (isOpen(question)) ask(question);
  }
}

/**
 * Sends a request if this address, and the port's wire, may be bothered now: first to whoever is
 * believed to have it (RFC 1122 2.3.2.1, unicast poll), then to all.
 */
function ask(question: u32): void {
  const time = now();
  if (!isAskDue(question, time) || !isWorthAsking(question)) return;
  if (!isRequestAllowed(question, time)) return;
  const port = questionPort(question);
  const size = ETHERNET_FRAME_SIZE_MIN;
  const frame = appendFrame(frames, size, rows.OUTPUT_REQUEST, port, ROW_NONE, 0);
  if (frame == 0) return;
  const mac = questionMac(question);
  countRequest(question, time);
  buildFrame(
    frame, ARP_REQUEST, mac == 0 ? MAC_BROADCAST : mac,
    interfaceMac(port), interfaceAddress(port), 0, questionAddress(question),
  );
}
