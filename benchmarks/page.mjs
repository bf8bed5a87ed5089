// The built demo page while it trains: tasks of its main thread that take over 50 ms, which is when a page feels stuck.
import { existsSync } from 'node:fs';
import { launch } from './browser.mjs';
import { serve } from './server.mjs';

const web = new URL('../web/dist/', import.meta.url);
const SECONDS = 20;

/** The row of the digits' page. Its first second of training, in which everything appears, is looked at apart. */
export async function measurePage(executablePath) {
  const row = { workload: 'page', engine: 'trainyard', variant: 'digits' };
  if (!existsSync(new URL('index.html', web))) return { ...row, error: 'web/dist is missing: npm start builds it' };
  const server = await serve({ files: {}, folders: { '/': web } });
  const browser = await launch(executablePath);
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(() => {
      globalThis.longTasks = [];
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) globalThis.longTasks.push({ startTime, duration });
      }).observe({ type: 'longtask', buffered: true });
    });
    await page.goto(`${server.origin}/?task=digits`);
    await page.locator('main[data-phase="running"]').waitFor({ timeout: 30_000 });
    const steps = () => page.locator('[data-test="figures"]').evaluate((element) => Number(element.dataset.step));
    const look = async (seconds) => {
      const [from, before] = [await page.evaluate(() => performance.now()), await steps()];
      await page.waitForTimeout(seconds * 1000);
      const tasks = await page.evaluate((t) => globalThis.longTasks.filter(({ startTime }) => startTime >= t), from);
      const longest = Math.max(0, ...tasks.map(({ duration }) => duration));
      return { longTasks: tasks.length, longestTaskMs: longest, stepsPerSecond: ((await steps()) - before) / seconds };
    };
    const first = await look(1);
    return { ...row, seconds: SECONDS, ...(await look(SECONDS)), longTasksFirstSecond: first.longTasks };
  } catch (error) {
    return { ...row, error: error.message.split('\n')[0] };
  } finally {
    await browser.close();
    server.close();
  }
}
