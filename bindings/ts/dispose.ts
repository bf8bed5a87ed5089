/** Lets `using x = …` call dispose(), where the language has it (WebKit of 2025 has not). */
export function disposable({ prototype }: { prototype: { dispose(): void } }): void {
  if (Symbol.dispose) Object.defineProperty(prototype, Symbol.dispose, { value: prototype.dispose, configurable: true });
}
