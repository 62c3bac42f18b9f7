/**
 * How the page of a report looks: light or dark as the reader's machine is, and on paper. A data
 * table: colours are those of Okabe and Ito, which colour-blind people can tell apart.
 */
export const STYLE_SHEET = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1a1d21; --quiet: #5b636d; --rule: #d8dde3; --soft: #f4f6f8;
  --warning: #8a4b00; --warning-soft: #fff4e0; --accent: #0b62a8;
  --series-0: #0072b2; --series-1: #e69f00; --series-2: #009e73; --series-3: #cc79a7;
  --series-4: #56b4e9; --series-5: #d55e00; --series-6: #b8a800; --series-7: #8a929c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --text: #e4e7ea; --quiet: #9aa3ad; --rule: #343b43; --soft: #1d2226;
    --warning: #ffc36b; --warning-soft: #2e2413; --accent: #6cb6f2;
    --series-0: #3b9fe0; --series-1: #e9ab2b; --series-2: #1fb88b; --series-3: #d58fb5;
    --series-4: #8accf2; --series-5: #ea7a2c; --series-6: #e6d84a; --series-7: #78818b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 3rem; max-width: 62rem; background: var(--page);
  color: var(--text); font: 15px/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.4rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--rule); }
p { margin: .3rem 0; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.balance { margin-top: .8rem; font-variant-numeric: tabular-nums; }
.warning {
  margin: .5rem 0; padding: .5rem .75rem; border-left: 4px solid var(--warning);
  background: var(--warning-soft);
}
.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .9rem .25rem 0; text-align: left; vertical-align: top; }
th { font-weight: 600; overflow-wrap: anywhere; }
thead th { color: var(--quiet); font-weight: 400; }
tbody tr { border-top: 1px solid var(--rule); }
.number { text-align: right; white-space: nowrap; }
.entry { margin: .9rem 0; }
pre {
  margin: .25rem 0; padding: .5rem .75rem; overflow-x: auto; background: var(--soft);
  border: 1px solid var(--rule); border-radius: 4px; font: 13px/1.45 ui-monospace, monospace;
}
figure { margin: 1rem 0 0; }
figcaption { color: var(--quiet); }
.plot { overflow-x: auto; }
.plot svg { display: block; width: 100%; min-width: 36rem; height: auto; }
svg text { fill: var(--quiet); font: 12px system-ui, sans-serif; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.grid { stroke: var(--rule); }
.axis { stroke: var(--quiet); }
.strip { fill: transparent; }
.strip:hover { fill: var(--text); fill-opacity: .12; }
${[0, 1, 2, 3, 4, 5, 6, 7].map((n) => `.series-${n} { fill: var(--series-${n}); }`).join('\n')}
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .4rem 0; padding: 0; }
.legend li { list-style: none; overflow-wrap: anywhere; }
.legend svg { width: .8em; height: .8em; }
summary { cursor: pointer; color: var(--accent); }
.figures { margin-top: 1rem; }
.figures > label { margin: 0 1rem 0 .25rem; }
#unit-packets:checked ~ .bits, #unit-bits:checked ~ .packets { display: none; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--rule); padding-top: .5rem; }
footer p { font: 12px/1.5 ui-monospace, monospace; }
@media print {
  :root {
    --page: #ffffff; --text: #000000; --quiet: #444444; --rule: #bbbbbb; --soft: #ffffff;
    --warning: #8a4b00; --warning-soft: #ffffff;
  }
  body { padding: 0; max-width: none; font-size: 11px; }
  #unit-packets:checked ~ .bits, #unit-bits:checked ~ .packets { display: block; }
  .figures > input, .figures > label, details { display: none; }
  figure, tr, .entry { break-inside: avoid; }
  h2 { break-after: avoid; }
  pre { white-space: pre-wrap; }
  .series-0, .series-1, .series-2, .series-3, .series-4, .series-5, .series-6, .series-7 {
    print-color-adjust: exact;
  }
}
`;
