// @ts-check
// A constructed sheet: a strict content security policy of the page is enough.
export const sheet = new CSSStyleSheet()
sheet.replaceSync(`
:host{display:block;container-type:inline-size;min-inline-size:min(100%,15rem);color-scheme:light dark;
--ink:var(--hexroute-text,light-dark(#17212b,#e6ebf0));--soft:var(--hexroute-muted,light-dark(#586573,#98a5b3));
--face:var(--hexroute-surface,light-dark(#fff,#151a21));--rule:var(--hexroute-line,light-dark(#e3e7ec,#28303a));
--tint:var(--hexroute-accent,light-dark(#0c7c74,#3fc1b3));--warn:light-dark(#9a5b00,#f0b357);--bad:light-dark(#b3261e,#ff8a80)}
:host([theme=light]){color-scheme:light}:host([theme=dark]){color-scheme:dark}
:host([hidden]),.empty:empty,:is(.error,.connecting)>:is(.total,.what,.groups,.key),.groups:empty,.groups:empty+.key{display:none}
*{box-sizing:border-box;margin:0;padding:0}
section{position:relative;padding:1.15em 1.3em;font-variant-numeric:tabular-nums;
font:400 var(--hexroute-size,14px)/1.4 var(--hexroute-font,-apple-system,"Segoe UI",Roboto,Arial,sans-serif);
color:var(--ink);background:var(--face);border:1px solid var(--rule);border-radius:var(--hexroute-radius,10px)}
header,.total,.state{display:flex;align-items:baseline;gap:0 .8em}header{justify-content:space-between}
.title,.rate,.p *{font-weight:600}.state,.what,.key,.p,.empty,.count{color:var(--soft)}
.state,.what,.key,.p>*{font-size:.86em}.state{white-space:nowrap;gap:.5em}
.dot{inline-size:.65em;block-size:.65em;border-radius:50%;border:2px solid var(--c,var(--soft));background:var(--f,#0000)}
.live{--c:var(--tint);--f:var(--c)}.polling{--c:var(--tint)}.reconnecting{--c:var(--warn)}
.stale{--c:var(--warn);--f:var(--c)}.error{--c:var(--bad);--f:var(--c)}
.total{flex-wrap:wrap;margin-block-start:.35em}.big{font-size:3em;line-height:1.15;font-weight:650;letter-spacing:-.03em}
.total *,.rate,.count{direction:ltr;border-radius:4px}.what,.key{direction:ltr;inline-size:fit-content;max-inline-size:100%}
.groups{columns:24em;column-gap:2.5em;margin-block:1.1em .8em;border-block-end:1px solid var(--rule)}
.group{break-inside:avoid;padding-block-end:1em}ul{list-style:none}
.p,li{display:grid;gap:0 .8em;align-items:center;block-size:2em;
grid-template:"name bar rate count"/minmax(0,1fr) clamp(2.5em,15%,6.5em) 3.7em var(--count)}
.p{border-block-end:1px solid var(--rule);margin-block-end:.25em}
.name{grid-area:name;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.rate,.count{grid-area:rate;justify-self:end;white-space:nowrap}.count{grid-area:count}li .count{font-size:.93em}
.track{grid-area:bar;position:relative;block-size:.45em;background:var(--rule);border-radius:1em}
.bar{display:block;block-size:100%;background:var(--tint);border-radius:1em}.p .track{visibility:hidden}
.track::after{content:"";position:absolute;inset-block:-.2em;inset-inline-start:var(--mean);inline-size:1px;background:var(--soft)}
.plain .track::after{display:none}
@container (min-width:30.01em){.plain li{grid-template-columns:minmax(0,9em) 1fr 3.7em max(4em,var(--count))}}
.problem,.empty{margin-block-start:.9em}.problem{padding-inline-start:.8em;border-inline-start:3px solid var(--bad)}
.quiet{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
@container (max-width:30em){section{padding:.9em 1em}.big{font-size:2.5em}.p .count,.p .track{display:none}
li{grid-template:"name name rate" 1.5em "bar count count" 1.3em/minmax(0,1fr) max(0px,var(--count) - 4.5em) 3.7em;block-size:3.1em}
.p{grid-template:"name rate"/minmax(0,1fr) 3.7em}}
@media (prefers-reduced-motion:no-preference){.bar{transition:inline-size .6s ease-out}}`)
