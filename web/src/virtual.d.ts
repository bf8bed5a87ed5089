/** Made by vite.config.ts, with the engine, when the page is built. */
declare module 'virtual:start' {
  const start: import('./tasks/points/start.ts').Start;
  export default start;
}
