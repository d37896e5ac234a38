/// The style of the page: one column, thin rules, figures of one width; dark where the reader prefers that, black on white on
/// paper.
let pageStyle = """
    :root { color-scheme: light dark; --paper: #fff; --ink: #1b1d20; --soft: #5c626b; --rule: #dcdfe3; --mark: #1f5fa8;
      --warm: #a8481f; --heat: 31 95 168; }
    @media (prefers-color-scheme: dark) { :root { --paper: #15171a; --ink: #e4e6e9; --soft: #9aa1ab; --rule: #33383f;
      --mark: #7fb2ec; --warm: #eda37d; --heat: 127 178 236; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 3rem 1.5rem 5rem; max-width: 64rem; background: var(--paper); color: var(--ink);
      font: 16px/1.5 system-ui, "Segoe UI", "Noto Sans", sans-serif; font-variant-numeric: tabular-nums lining-nums; }
    h1 { margin: 0 0 .5rem; font-size: 1.9rem; font-weight: 600; line-height: 1.2; overflow-wrap: anywhere; }
    h2 { margin: 3rem 0 .25rem; font-size: 1.25rem; font-weight: 600; }
    h3 { margin: 2rem 0 .25rem; font-size: 1rem; font-weight: 600; }
    p { margin: .25rem 0 .75rem; max-width: 46rem; }
    .note, figcaption, dt { color: var(--soft); }
    .note, figcaption { font-size: .875rem; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1.25rem; margin: 0; font-size: .875rem; }
    dd { margin: 0; overflow-wrap: anywhere; }
    .key { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1.5rem 1rem;
      margin: 2rem 0 0; padding: 0; list-style: none; }
    .key b { display: block; font-size: 1.6rem; font-weight: 600; line-height: 1.25; }
    .key span { display: block; font-size: .875rem; color: var(--soft); }
    .charts { display: grid; gap: 1.5rem 2.5rem;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
    figure { margin: 1rem 0 0; break-inside: avoid; }
    figure h3 { margin: 0; }
    svg { display: block; width: 100%; height: auto; overflow: visible; }
    svg text { font: 12px system-ui, "Segoe UI", "Noto Sans", sans-serif; fill: var(--soft);
      font-variant-numeric: tabular-nums; }
    svg .title { fill: var(--ink); } svg .axis { stroke: var(--soft); } svg .grid { stroke: var(--rule); }
    svg .line { fill: none; stroke: var(--mark); stroke-width: 2; stroke-linejoin: round; }
    svg .reference { fill: none; stroke: var(--soft); stroke-dasharray: 3 4; }
    svg .disc { fill: var(--mark); fill-opacity: .35; stroke: var(--mark); }
    svg circle.mark { fill: var(--soft); } svg circle.emphasized { fill: var(--warm); }
    svg text.mark, svg text.emphasized { paint-order: stroke;
      stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
    svg text.emphasized { fill: var(--warm); font-weight: 600; }
    .tables { display: flex; flex-wrap: wrap; column-gap: 4rem; } .tables > div { max-width: 100%; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; font-size: .875rem; line-height: 1.35; }
    th, td { padding: .3rem 1.5rem .3rem 0; text-align: left; vertical-align: top; font-weight: 400;
      border-bottom: 1px solid var(--rule); overflow-wrap: break-word; }
    th:last-child, td:last-child { padding-right: 0; }
    thead th, thead td { color: var(--soft); border-bottom-color: var(--soft); vertical-align: bottom; }
    .number { text-align: right; white-space: nowrap; }
    .name { max-width: 20rem; }
    td.text { max-width: 34rem; }
    td.query { min-width: 14rem; max-width: 34rem; unicode-bidi: isolate; overflow-wrap: anywhere; }
    .heat th, .heat td { padding: .3rem .42rem; border: 0; }
    .heat thead th { text-align: right; }
    .heat th[scope=row] { padding-left: 0; white-space: nowrap; }
    .heat td { text-align: right; }
    .h1 { background: rgb(var(--heat) / .08); } .h2 { background: rgb(var(--heat) / .16); }
    .h3 { background: rgb(var(--heat) / .24); } .h4 { background: rgb(var(--heat) / .32); }
    .h5 { background: rgb(var(--heat) / .42); }
    .zero { color: var(--soft); opacity: .6; }
    @page { margin: 16mm; }
    @media print {
      :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #333; --rule: #bbb; --mark: #000; --warm: #000;
        --heat: 0 0 0; }
      body { max-width: none; padding: 0; font-size: 10pt; }
      .wide { overflow: visible; } table { font-size: 8.5pt; }
      th, td { padding-right: .6rem; } td.query { min-width: 0; }
      tr { break-inside: avoid; } thead { display: table-header-group; } h2, h3 { break-after: avoid; }
      .charts { grid-template-columns: 1fr 1fr; } .key b { font-size: 13pt; } .heat td { print-color-adjust: exact; }
    }
    """
