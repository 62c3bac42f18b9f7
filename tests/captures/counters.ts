/** What has to hold for the counters of every report. */
import type { Report } from '../../scripts/report/report.ts';

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

/** The sums that do not come out, as `name: this = that`; none if all do. */
export function wrongSums(report: Report): string[] {
  const { received, originated, transmitted, consumed, dropped, held } = report;
  const ports = Object.values(report.ports);
  const carried = sum(Object.values(report.flows).map(({ packets }) => packets));
  const sums: readonly (readonly [string, number, number])[] = [
    ['frames', received + originated, transmitted + consumed + dropped + held],
    ['drops', dropped, sum(Object.values(report.drops))],
    ['received by port', received, sum(ports.map((port) => port.received))],
    ['transmitted by port', transmitted, sum(ports.map((port) => port.transmitted))],
    ['denied', report.drops['denied'] ?? 0, sum(report.denied.map(({ packets }) => packets))],
    // Beside the flows' frames only those that modules made go out.
    ['carried by flows', Math.max(carried, transmitted - originated), carried],
    ['carried by flows at most', Math.min(carried, transmitted), carried],
  ];
  return sums
    .filter(([, left, right]) => left !== right)
    .map(([name, left, right]) => `${name}: ${left} = ${right}`);
}
