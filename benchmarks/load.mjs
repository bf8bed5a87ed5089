// From load() to the end of the first step, on the first visit of a page and on later ones, when the browser has kept
// the files, and compiled code as far as it does.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from './browser.mjs';
import { engines } from './engines.mjs';

const WORKLOAD = 'W2';
const VISITS = 7;
const TRAIN_MS = 4000; // until all code that matters is optimized
const KEEP_MS = 4000; // time to store it: V8 waits two seconds for the next optimized function

/** Rows of a plain page and of an isolated one, with threads. */
export async function measureLoad(executablePath) {
  const rows = [];
  for (const isolated of [false, true]) rows.push(await measure(executablePath, isolated));
  return rows;
}

async function measure(executablePath, isolated) {
  const engine = engines.trainyard;
  const [variant] = engine.variants;
  const identity = { workload: 'load', engine: 'trainyard', variant: variant.build, isolated };
  const profile = mkdtempSync(join(tmpdir(), 'trainyard-profile-'));
  const place = await openBrowser(executablePath, profile);
  try {
    const visit = async (stay = async () => {}) => {
      const page = await place.open({ engine, isolated, options: { ...engine.options, ...variant, isolated } });
      const first = await page.call('startTraining', WORKLOAD);
      await stay(page);
      await page.close();
      return page.info.loadMs + first.ms;
    };
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const coldMs = await visit(async (page) => {
      for (let done = 1, spent = 0; spent < TRAIN_MS; done += 50) spent += (await page.call('steps', done, 50)).ms;
      await wait(KEEP_MS);
    });
    const times = [];
    for (let i = 0; i < VISITS; i++) times.push(await visit());
    times.sort((a, b) => a - b);
    return { ...identity, coldMs, warmMs: times[VISITS >> 1], warmMsMin: times[0], visits: VISITS };
  } catch (error) {
    return { ...identity, error: error.message.split('\n')[0] };
  } finally {
    await place.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
