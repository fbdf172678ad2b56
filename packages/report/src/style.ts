/** The style sheet of the report: light and dark, wide and narrow, without anything from the network. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f5f4f0; --card: #ffffff; --ink: #1d2126; --muted: #667079; --rule: #d9d8d2; --faint: #f0efea;
  --accent: #0a6e5c; --good: #12977c; --bad: #c63d27; --oracle: #b7791f; --other: #7a4fb5; --chance: #8b6d5c; --on-bar: #14171a;
  --exit0: #12977c; --exit1: #4aa3c7; --exit2: #5f83d6; --exit3: #8a6fd1; --exit4: #b562b8; --exit5: #c9587f;
  --final: #e08a3c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1c2125; --ink: #e9ebe8; --muted: #98a2a8; --rule: #363d43; --faint: #262c31;
    --accent: #4fd0b3; --good: #34b394; --bad: #f0705a; --oracle: #e3b04b; --other: #b79af0; --chance: #b59c8c;
    --exit0: #34b394; --exit1: #5db8dc; --exit2: #7f9ff0; --exit3: #a48bea; --exit4: #cf80d1; --exit5: #e2759a;
    --final: #eb9c55;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
  -webkit-text-size-adjust: 100%;
}
main { max-width: 1040px; margin: 0 auto; padding: 48px 24px 32px; }
header { margin-bottom: 32px; }
.eyebrow { margin: 0 0 6px; color: var(--muted); font-size: 14px; letter-spacing: .02em; }
h1 { margin: 0; font-size: clamp(28px, 5.2vw, 44px); line-height: 1.12; letter-spacing: -.022em; font-weight: 680; text-wrap: balance; }
h1 em { font-style: normal; color: var(--accent); }
.lead { max-width: 66ch; margin: 16px 0 0; font-size: 18px; color: var(--muted); text-wrap: pretty; }
.lead b { color: var(--ink); font-weight: 600; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 28px 0 0; padding: 0; list-style: none; }
.tiles li { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 16px 18px; }
.tiles strong { display: block; font-size: clamp(24px, 3.4vw, 32px); line-height: 1.15; font-weight: 660; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.tiles span { display: block; margin-top: 4px; font-size: 14px; color: var(--muted); line-height: 1.35; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 14px; padding: 26px 28px 24px; margin: 16px 0; }
h2 { margin: 0; font-size: 21px; line-height: 1.25; letter-spacing: -.01em; font-weight: 650; }
h3 { margin: 0 0 2px; font-size: 16px; font-weight: 620; }
section > p { margin: 6px 0 16px; color: var(--muted); max-width: 72ch; text-wrap: pretty; }
section > p b { color: var(--ink); font-weight: 600; }
.note { margin: 0 0 8px; font-size: 14px; color: var(--muted); }
header .note { margin: 10px 0 0; }
.plot { display: block; width: 100%; height: auto; overflow: visible; color: var(--muted); }
.plot text { white-space: pre; }
.narrow { display: none; }
.images { --wide: 12; --narrow: 6; }
.images.words { --wide: 8; --narrow: 4; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(290px, 1fr)); gap: 28px; }
.pair > div { max-width: 470px; min-width: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 20px; margin: 14px 0 0; padding: 0; list-style: none; font-size: 14px; color: var(--muted); }
.legend li { display: flex; align-items: center; gap: 8px; }
.legend b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.chip { width: 12px; height: 12px; border-radius: 3px; flex: none; }
.stroke { width: 22px; height: 0; border-top: 2.5px solid; flex: none; }
.stroke.dashed { border-top: 1.5px dashed; }
.stroke.dotted { border-top: 2px dotted; }
.row { margin: 20px 0 0; }
.row:first-of-type { margin-top: 14px; }
.images { display: grid; grid-template-columns: repeat(var(--wide), 1fr); gap: 12px 10px; margin: 10px 0 0; }
figure { margin: 0; text-align: center; }
figure img { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: 8px; background: #000; image-rendering: pixelated; }
figcaption { margin-top: 4px; font-size: 13px; line-height: 1.3; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
figcaption small { display: block; font-size: 12px; color: var(--muted); }
figcaption.wrong b { color: var(--bad); }
figcaption b { font-weight: 650; }
.scroll { overflow-x: auto; margin: 12px -28px 0; padding: 0 28px; }
table { border-collapse: collapse; width: 100%; font-size: 14.5px; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { text-align: right; padding: 9px 0 9px 22px; border-bottom: 1px solid var(--rule); }
th { font-weight: 500; color: var(--muted); font-size: 13px; vertical-align: bottom; }
tr > :first-child { text-align: left; padding-left: 0; }
tr > .words { text-align: left; }
td.wrap { white-space: normal; min-width: 24ch; line-height: 1.35; }
tbody th { color: var(--ink); font-weight: 600; font-size: 14.5px; vertical-align: middle; }
tbody th .chip { display: inline-block; margin-right: 8px; }
tfoot td, tfoot th { border-bottom: 0; color: var(--ink); font-weight: 600; font-size: 14.5px; }
footer { color: var(--muted); font-size: 14px; padding: 12px 4px 24px; max-width: 76ch; }
footer p { margin: 8px 0; }
code { font: 0.92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
@media (max-width: 640px) {
  main { padding: 28px 14px 20px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 10px; }
  .tiles li { padding: 13px 14px; }
  section { padding: 20px 16px 18px; border-radius: 12px; }
  .scroll { margin: 12px -16px 0; padding: 0 16px; }
  .wide { display: none; }
  .narrow { display: block; }
  .lead { font-size: 17px; }
  table { font-size: 13.5px; }
  th, td { padding-left: 16px; }
  tbody th, tfoot th { white-space: normal; min-width: 92px; font-size: 13.5px; }
  .images { grid-template-columns: repeat(var(--narrow), 1fr); gap: 10px 7px; }
  figcaption, figcaption small { font-size: 11px; }
}
@media print {
  body { background: none; }
  section, .tiles li { break-inside: avoid; }
}
`;
