/** The style of the page: system fonts, light and dark, from a phone's width up. */
export const STYLE = `
:root {
  --back: #f5f6f8; --card: #fff; --line: #d9dde3; --text: #171b21; --quiet: #566070;
  --accent: #0a5bc7; --on-accent: #fff; --good: #12652f; --good-back: #e1f4e7;
  --bad: #a81c1c; --bad-back: #fde7e7; --wait: #6d4a00; --wait-back: #fbf0d2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0f1216; --card: #181c22; --line: #303741; --text: #e7eaee; --quiet: #a0aab7;
    --accent: #74b3ff; --on-accent: #07203f; --good: #86e0a3; --good-back: #14321f;
    --bad: #ff9d9d; --bad-back: #401b1b; --wait: #f1cf7a; --wait-back: #3a2e10;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header { display: flex; align-items: baseline; justify-content: space-between; gap: 16px; flex-wrap: wrap; padding-top: 22px; }
h1 { font-size: 22px; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 15px; margin: 0 0 12px; }
p { margin: 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 18px 20px; margin: 18px 0; }
#state { color: var(--quiet); font-size: 14px; }
#state::before { content: ""; display: inline-block; width: 9px; height: 9px; border-radius: 50%; margin-right: 7px; background: var(--quiet); }
#state[data-state="live"]::before { background: var(--good); }
#state[data-state="lost"]::before { background: var(--bad); }
.controls { display: grid; grid-template-columns: repeat(auto-fit, minmax(250px, 1fr)); gap: 18px 28px; }
.controls p, #none, #outcome, .chips span { color: var(--quiet); font-size: 13.5px; }
.controls p { margin-top: 6px; }
label { display: block; font-weight: 600; font-size: 13.5px; margin-bottom: 6px; }
.field { display: flex; gap: 8px; }
button, input { font: inherit; font-size: 14px; border-radius: 8px; min-height: 36px; }
button { border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); padding: 5px 14px; font-weight: 600; cursor: pointer; }
button.plain, #clear, td button { background: none; color: var(--accent); border-color: var(--line); }
button:hover { filter: brightness(1.08); }
button:disabled { opacity: 0.55; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
input { flex: 1; min-width: 0; border: 1px solid var(--line); background: var(--back); color: var(--text); padding: 5px 10px; }
input::placeholder { color: var(--quiet); }
.chips { display: flex; align-items: center; gap: 10px; flex-wrap: wrap; margin-top: 14px; }
.chips ul { display: contents; list-style: none; }
.chips li { display: inline-flex; align-items: center; gap: 8px; background: var(--wait-back); color: var(--wait); border-radius: 8px; padding: 2px 10px; font-size: 13.5px; }
.chips button, td button { min-height: 28px; padding: 1px 10px; font-size: 13px; font-weight: 500; }
.chips li button { background: none; color: inherit; border-color: currentColor; min-height: 24px; padding: 0 8px; }
#outcome { min-height: 21px; margin-top: 10px; }
.scroll { position: relative; overflow-x: auto; margin: 0 -20px -18px; border-top: 1px solid var(--line); border-radius: 0 0 12px 12px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th, td { text-align: left; padding: 8px 12px; border-bottom: 1px solid var(--line); vertical-align: baseline; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 20px; }
tr:last-child td { border-bottom: 0; }
th { color: var(--quiet); font-weight: 600; font-size: 12.5px; }
td { font-variant-numeric: tabular-nums; }
.number { text-align: right; }
.model { font-family: ui-monospace, monospace; font-size: 12.5px; white-space: normal; overflow-wrap: anywhere; min-width: 210px; }
td:last-child { padding: 3px 20px 3px 0; text-align: right; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.what { white-space: normal; min-width: 130px; }
.status { display: inline-block; min-width: 44px; text-align: center; border-radius: 6px; padding: 0 8px; font-weight: 600; background: var(--wait-back); color: var(--wait); }
.status.good { background: var(--good-back); color: var(--good); }
.status.bad { background: var(--bad-back); color: var(--bad); }
`;
