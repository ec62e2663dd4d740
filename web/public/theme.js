// Before the first paint, so that nobody sees a flash of the other theme. The same rule as src/app/theme.ts.
(function () {
  var chosen = null;
  try { chosen = localStorage.getItem('xanthus.theme'); } catch { /* storage may be forbidden; the system's theme then */ }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
