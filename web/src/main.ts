import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import App from './App.svelte';
import { Lab } from './state/lab.svelte.ts';
import { readSettings, type Language, type Theme } from './state/settings.ts';
import { words } from './state/words.svelte.ts';
import { tasks } from './tasks/index.ts';
import { dictionary } from './text/index.ts';

const language: Language = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
const theme: Theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
const settings = readSettings(location.search, (task) => {
  if (!Object.hasOwn(tasks, task)) return undefined;
  const { defaults, network, variants = [] } = tasks[task];
  return { defaults: { language, theme, ...defaults }, network, variants };
});

const root = document.documentElement;
root.lang = settings.language === 'zh' ? 'zh-Hans' : 'en';
root.dataset.theme = settings.theme;

words.text = await dictionary(settings.language);
const lab = new Lab(settings, { language, theme });
const target = document.getElementById('app');
if (target) mount(App, { target, props: { lab } });
void lab.begin();
