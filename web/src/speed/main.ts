import { setLanguage } from 'trainyard';
import { mount } from 'svelte';
import '../styles/tokens.css';
import '../styles/base.css';
import { dress } from '../state/visitor.ts';
import { sayAbsent } from '../views/absent.ts';
import { readSettings } from './settings.ts';
import SpeedPage from './SpeedPage.svelte';
import { speedWords } from './text/index.ts';

const settings = readSettings(location.search);
dress(settings);
setLanguage(settings.language);
const target = document.getElementById('app');
try {
  const text = await speedWords(settings.language);
  if (target) mount(SpeedPage, { target, props: { start: settings, words: text } });
} catch (error) {
  sayAbsent(target);
  throw error;
}
