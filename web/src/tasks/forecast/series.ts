/** The curves that can be predicted: what they are, and in which form the network gets them. */
import type { Language } from '../../state/settings.ts';
import type { SeriesName } from './names.ts';

export interface Series {
  file: string;
  /** Its column in the file. */
  column: string;
  /** The last so many values are never learnt from. */
  heldOut: number;
  /** Values to a season, where there is one: the simplest forecast repeats the last season. */
  season?: number;
  /** How many values the picture shows, the last ones. */
  shown: number;
  /** How far the network goes on by itself. */
  rollOut: number;
  /** What it learns: the values, the change to the next one, or the change in per cent. */
  learns: 'values' | 'changes' | 'ratios';
  places: number;
  said: Record<Language, { name: string; unit: string; before: string; season: string; source: string }>;
}

export const series = {
  passengers: {
    file: 'air-passengers.csv',
    column: 'passengers_thousands',
    heldOut: 24,
    season: 12,
    shown: 144,
    rollOut: 24,
    learns: 'ratios',
    places: 1,
    said: {
      en: {
        name: 'Air passengers',
        unit: 'thousand passengers a month',
        before: 'the month before',
        season: 'a year before',
        source: 'Box & Jenkins (1976), series G.',
      },
      zh: {
        name: '飞机乘客',
        unit: '每月乘客（千人）',
        before: '上个月',
        season: '去年同月',
        source: 'Box & Jenkins (1976)，序列 G。',
      },
    },
  },
  co2: {
    file: 'co2.csv',
    column: 'co2_ppm',
    heldOut: 120,
    season: 12,
    shown: 360,
    rollOut: 120,
    learns: 'changes',
    places: 2,
    said: {
      en: {
        name: 'CO₂ in the air',
        unit: 'parts per million',
        before: 'the month before',
        season: 'a year before',
        source: 'Scripps CO2 Program, Keeling et al., CC BY 4.0. Five missing months are filled in between.',
      },
      zh: {
        name: '空气里的 CO₂',
        unit: '百万分之几',
        before: '上个月',
        season: '去年同月',
        source: 'Scripps CO2 Program，Keeling 等，CC BY 4.0。缺的五个月按前后补上。',
      },
    },
  },
  sunspots: {
    file: 'sunspots-yearly.csv',
    column: 'sunspots',
    heldOut: 60,
    season: 11,
    shown: 200,
    rollOut: 60,
    learns: 'values',
    places: 1,
    said: {
      en: {
        name: 'Sunspots',
        unit: 'sunspots, mean of a year',
        before: 'the year before',
        season: '11 years before',
        source: 'NOAA NGDC, public domain.',
      },
      zh: {
        name: '太阳黑子',
        unit: '黑子数，年平均',
        before: '上一年',
        season: '11 年前',
        source: 'NOAA NGDC，公有领域。',
      },
    },
  },
  births: {
    file: 'us-births-daily.csv.gz',
    column: 'births',
    heldOut: 730,
    season: 7,
    shown: 180,
    rollOut: 56,
    learns: 'values',
    places: 0,
    said: {
      en: {
        name: 'Births',
        unit: 'births in the US a day',
        before: 'the day before',
        season: 'a week before',
        source: 'US Social Security Administration, CC0.',
      },
      zh: {
        name: '每天出生的孩子',
        unit: '美国每天出生人数',
        before: '前一天',
        season: '上周同一天',
        source: 'US Social Security Administration，CC0。',
      },
    },
  },
} satisfies Record<SeriesName, Series>;

export interface Points {
  /** As the file writes it: a year, a month, a day. */
  times: readonly string[];
  values: Float64Array;
}

/** Reads a file's time and one of its columns. Months that are missing between two others lie on the line between them. */
export function readSeries(text: string, column: string): Points {
  const [head = '', ...lines] = text.trim().split('\n');
  const at = head.split(',').indexOf(column);
  const times: string[] = [];
  const values: number[] = [];
  for (const line of lines) {
    const cells = line.split(',');
    const time = cells[0] ?? '';
    const value = Number(cells[at]);
    const before = times.at(-1);
    const gap = before === undefined ? 0 : monthsBetween(before, time) - 1;
    const last = values.at(-1) ?? value;
    for (let i = 1; i <= gap; i++) {
      times.push(monthAfter(before ?? '', i));
      values.push(last + ((value - last) * i) / (gap + 1));
    }
    times.push(time);
    values.push(value);
  }
  return { times, values: Float64Array.from(values) };
}

const month = (time: string): number => 12 * Number(time.slice(0, 4)) + Number(time.slice(5, 7));
/** 1 for what is not monthly. */
const monthsBetween = (a: string, b: string): number => (a.length === 7 ? month(b) - month(a) : 1);
function monthAfter(time: string, by: number): string {
  const later = month(time) + by - 1;
  return `${Math.floor(later / 12)}-${String((later % 12) + 1).padStart(2, '0')}`;
}

/** What the network learns, and back: the number that stands for the step from one value to the next. */
export function encoder(learns: Series['learns']): {
  code: (before: number, value: number) => number;
  value: (before: number, code: number) => number;
} {
  switch (learns) {
    case 'values':
      return { code: (_, value) => value, value: (_, code) => code };
    case 'changes':
      return { code: (before, value) => value - before, value: (before, code) => before + code };
    case 'ratios':
      return {
        code: (before, value) => Math.log(value / before),
        value: (before, code) => before * Math.exp(code),
      };
  }
}
