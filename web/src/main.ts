import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import App from './App.svelte';
import { Lab } from './state/lab.svelte.ts';
import { readSettings } from './state/settings.ts';
import { browserDefaults, dress } from './state/visitor.ts';
import { words } from './state/words.svelte.ts';
import { tasks } from './tasks/index.ts';
import { dictionary } from './text/index.ts';
import { sayAbsent } from './views/absent.ts';

const browser = browserDefaults();
const settings = readSettings(location.search, (task) => {
  if (!Object.hasOwn(tasks, task)) return undefined;
  const { defaults, network, variants = [] } = tasks[task];
  return { defaults: { ...browser, ...defaults }, network, variants };
});

dress(settings);

const target = document.getElementById('app');
try {
  words.text = await dictionary(settings.language);
  const lab = new Lab(settings, browser);
  if (target) mount(App, { target, props: { lab } });
  void lab.begin();
} catch (error) {
  sayAbsent(target);
  throw error;
}
