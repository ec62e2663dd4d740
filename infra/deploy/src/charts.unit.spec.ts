import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { localCharts, packChart } from './charts.js';

const FOLDER = join(import.meta.dirname, '../charts');

describe('charts that Xanthus brings along', () => {
  it('have every file of their folder in the bundle, as it is', () => {
    expect(localCharts().map(c => c.name).toSorted()).toEqual(readdirSync(FOLDER).toSorted());
    for (const chart of localCharts()) {
      const files = readdirSync(join(FOLDER, chart.name), { recursive: true, withFileTypes: true }).filter(f => f.isFile()).map(f => join(f.parentPath, f.name).slice(join(FOLDER, chart.name).length + 1));
      expect(Object.keys(chart.files).toSorted()).toEqual(files.toSorted());
      for (const file of files) expect(chart.files[file]).toBe(readFileSync(join(FOLDER, chart.name, file), 'utf8'));
      expect(chart.version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it('are packed into the same bytes each time', () => {
    for (const chart of localCharts()) expect(packChart(chart).equals(packChart({ ...chart, files: Object.fromEntries(Object.entries(chart.files).toReversed()) }))).toBe(true);
  });
});
