declare module 'trainyard:glue' {
  const factory: import('./module.js').Factory;
  export default factory;
}
declare module 'trainyard:build' {
  const build: import('../builds.js').BuildName;
  export default build;
}
