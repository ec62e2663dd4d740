// Before the first paint, so that nobody sees a flash of the other theme or language. The same rules as src/app/theme.ts and src/texts/language.ts.
(function () {
  var kept = function (key) { try { return localStorage.getItem(key); } catch { return null; } }; // storage may be forbidden; as the system has it then
  var chosen = kept('xanthus.theme');
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  var data = document.documentElement.dataset;
  data.theme = dark ? 'dark' : 'light';
  var contrast = kept('xanthus.contrast');
  data.contrast = contrast === 'high' || (contrast !== 'normal' && matchMedia('(prefers-contrast: more)').matches) ? 'high' : 'normal';
  var motion = kept('xanthus.motion');
  data.motion = motion === 'reduced' || (motion !== 'full' && matchMedia('(prefers-reduced-motion: reduce)').matches) ? 'reduced' : 'full';
  var density = kept('xanthus.density');
  data.density = density === 'compact' || density === 'roomy' ? density : 'normal';

  var wanted = [kept('xanthus.language')].concat(navigator.languages).map(function (tag) { return String(tag).slice(0, 2).toLowerCase(); });
  if (wanted.find(function (tag) { return tag === 'de' || tag === 'en'; }) !== 'de') return;
  document.documentElement.lang = 'de';
  document.addEventListener('readystatechange', function () {
    document.querySelectorAll('[data-de]').forEach(function (part) { part.textContent = part.dataset.de; });
  }, { once: true });
})();
