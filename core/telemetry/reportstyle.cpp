// SPDX-License-Identifier: MIT
#include "core/telemetry/reportstyle.h"

namespace BitNet {

QLatin1StringView reportStyle()
{
    return QLatin1StringView(R"(
:root {
  color-scheme: light dark;
  --page: #f4f6f8; --card: #ffffff; --ink: #18212d; --soft: #566273; --line: #dfe4ea; --grid: #e8ecf0;
  --p50: #0b6e75; --p95: #2957c8; --p99: #8431ad; --limit: #3d4754;
  --completed: #9db7d9; --failed: #c42b26; --timedout: #c96a00; --cancelled: #b9c0c9; --curve: #2957c8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1b2129; --ink: #e6eaf0; --soft: #9da9b8; --line: #313a46; --grid: #29313b;
    --p50: #4fc3c8; --p95: #86a9ff; --p99: #cf9bf2; --limit: #c3ccd8;
    --completed: #49678f; --failed: #ff7a72; --timedout: #f2a93b; --cancelled: #5c6673; --curve: #86a9ff;
  }
}
@media print {
  :root {
    --page: #ffffff; --card: #ffffff; --ink: #18212d; --soft: #566273; --line: #dfe4ea; --grid: #e8ecf0;
    --p50: #0b6e75; --p95: #2957c8; --p99: #8431ad; --limit: #3d4754;
    --completed: #9db7d9; --failed: #c42b26; --timedout: #c96a00; --cancelled: #b9c0c9; --curve: #2957c8;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
main { max-width: 1136px; margin: 0 auto; padding: 36px 24px 48px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 20px; margin: 44px 0 4px; }
h3 { font-size: 15px; margin: 0 0 8px; }
h3 small { font-weight: 400; color: var(--soft); font-size: .87em; margin-left: 6px; }
p { margin: 0 0 8px; }
.meta, .hint { color: var(--soft); }
.meta { margin: 0; }
.tiles { display: grid; grid-template-columns: repeat(6, 1fr); gap: 12px; margin: 24px 0 16px; }
.tile, .card, .table, .findings, .method { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 14px 16px; min-width: 0; }
.tile .what { color: var(--soft); font-size: 13px; }
.tile .value { font-size: 25px; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.tile .value small { font-size: .56em; font-weight: 500; letter-spacing: 0; }
.tile .more { color: var(--soft); font-size: 12.5px; line-height: 1.35; }
.findings { padding: 14px 18px 14px 36px; margin: 0 0 16px; }
.findings li { margin: 3px 0; }
.findings li::marker { color: var(--soft); }
.card { padding: 16px 18px 10px; margin: 0 0 16px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; }
.pair .card { min-width: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--soft); font-size: 13px; margin: 0 0 4px; }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
.legend i.completed { background: var(--completed); } .legend i.failed { background: var(--failed); }
.legend i.timedout { background: var(--timedout); } .legend i.cancelled { background: var(--cancelled); }
.legend i.stroke { height: 0; width: 20px; border-radius: 0; vertical-align: 4px; border-top: 2.5px solid var(--curve); }
.legend i.estimate { border-top-style: dashed; border-top-color: var(--timedout); }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-size: 12.5px; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .label { font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
svg text.p50 { fill: var(--p50); } svg text.p95 { fill: var(--p95); } svg text.p99 { fill: var(--p99); }
svg text.limit { fill: var(--limit); }
svg .grid { stroke: var(--grid); stroke-width: 1; } svg .axis { stroke: var(--soft); stroke-width: 1; opacity: .6; }
svg polyline { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
svg polyline.p50 { stroke: var(--p50); stroke-width: 2.6; } svg polyline.p95 { stroke: var(--p95); }
svg polyline.p99 { stroke: var(--p99); stroke-width: 1.6; }
svg circle.p50 { fill: var(--p50); } svg circle.p95 { fill: var(--p95); } svg circle.p99 { fill: var(--p99); }
svg line.mark { stroke-width: 1.4; } svg line.mark.p50 { stroke: var(--p50); } svg line.mark.p95 { stroke: var(--p95); }
svg line.mark.p99 { stroke: var(--p99); }
svg line.limit { stroke: var(--limit); stroke-width: 1.4; stroke-dasharray: 6 4; }
svg .curve { stroke: var(--curve); stroke-width: 2.2; } svg .curve.estimate { stroke: var(--timedout); stroke-dasharray: 5 4; }
svg .cross { stroke: var(--failed); stroke-width: 1.6; stroke-linecap: round; }
svg .completed { fill: var(--completed); } svg .failed { fill: var(--failed); } svg .timedout { fill: var(--timedout); }
svg .cancelled { fill: var(--cancelled); }
svg .hit { fill: transparent; pointer-events: all; } svg rect.hit:hover { fill: var(--ink); fill-opacity: .06; }
svg .bars:hover rect { filter: brightness(1.12); }
.table { padding: 16px 18px 12px; margin: 16px 0 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 6px; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-weight: 600; font-size: 12px; }
tbody th { font-weight: 600; } tbody:last-child tr:last-child > * { border-bottom: 0; }
.num { text-align: right; } .faint { color: var(--soft); }
.name { max-width: 260px; overflow: hidden; text-overflow: ellipsis; }
tr.by th { font-size: 12px; color: var(--soft); padding-top: 12px; }
tr.sub th { font-weight: 400; color: var(--soft); padding-left: 14px; } tr.sub td { color: var(--soft); }
.columns { display: grid; grid-template-columns: 1fr 2.2fr; gap: 16px; align-items: start; }
.columns > * { min-width: 0; }
.method { padding: 16px 18px; margin: 16px 0 0; font-size: 13.5px; }
.method dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 18px; margin: 0; }
.method dt { font-weight: 600; } .method dd { margin: 0; color: var(--soft); max-width: 92ch; }
footer { color: var(--soft); font-size: 13px; margin-top: 20px; }
@media (max-width: 860px) {
  .tiles { grid-template-columns: repeat(2, 1fr); } .pair, .columns { grid-template-columns: 1fr; }
  .method dl { grid-template-columns: 1fr; } .method dd { margin-bottom: 6px; }
}
@page { size: A4; margin: 11mm; }
@media print {
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 10.5px; } main { max-width: none; padding: 0; }
  h1 { font-size: 20px; } h2 { font-size: 15px; margin-top: 0; } h3 { font-size: 11.5px; }
  .tiles { grid-template-columns: repeat(6, 1fr); gap: 6px; margin: 12px 0 8px; } .tile { padding: 7px 9px; }
  .tile .value { font-size: 15.5px; } .tile .what, .tile .more, .legend { font-size: 9px; }
  .pair { grid-template-columns: 1fr 1fr; gap: 8px; } .columns { grid-template-columns: 1fr 2.2fr; gap: 8px; }
  .card { padding: 9px 11px 6px; margin-bottom: 8px; } .findings { padding: 8px 12px 8px 26px; margin-bottom: 8px; }
  .tile, .card, .table, .findings, .method { break-inside: avoid; border-radius: 6px; }
  .check { break-before: page; } .table, .method { padding: 7px 10px 5px; margin-top: 6px; } .scroll { overflow: visible; }
  table { font-size: 8.4px; line-height: 1.3; } .check h3 { margin-bottom: 3px; } thead th, tr.by th { font-size: 8px; } th, td { padding: 1.6px 4px; } tr.by th { padding-top: 5px; }
  .method { font-size: 7.8px; line-height: 1.4; } .method dd { max-width: none; } .check .hint { display: none; }
  .name { max-width: 130px; } .method dl { grid-template-columns: max-content 1fr; gap: 2px 10px; }
  footer { font-size: 8.6px; margin-top: 8px; }
}
)");
}

} // namespace BitNet
