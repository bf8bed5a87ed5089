/** The curves by their names in the address; what they are is loaded with them. */
import type { Settings } from '../../state/settings.ts';

export const seriesNames = ['passengers', 'co2', 'sunspots', 'births'] as const;
export type SeriesName = (typeof seriesNames)[number];

export const nameOf = ({ variant }: Settings): SeriesName =>
  seriesNames.find((name) => name === variant) ?? 'passengers';
