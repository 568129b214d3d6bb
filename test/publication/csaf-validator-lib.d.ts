declare module '@secvisogram/csaf-validator-lib/validate.js' {
  interface Problem {
    readonly message: string;
    readonly instancePath: string;
  }
  type Test = (document: unknown) => unknown;
  interface Verdict {
    readonly isValid: boolean;
    readonly tests: readonly {
      readonly name: string;
      readonly errors: readonly Problem[];
      readonly warnings: readonly Problem[];
    }[];
  }
  export default function validate(tests: readonly Test[], document: unknown): Promise<Verdict>;
}
declare module '@secvisogram/csaf-validator-lib/basic.js' {
  const tests: Readonly<Record<string, (document: unknown) => unknown>>;
  export = tests;
}
declare module '@secvisogram/csaf-validator-lib/optionalTests.js' {
  const tests: Readonly<Record<string, (document: unknown) => unknown>>;
  export = tests;
}
declare module '@secvisogram/csaf-validator-lib/schemas/cvss-v2.0.js' {
  const schema: object;
  export default schema;
}
declare module '@secvisogram/csaf-validator-lib/schemas/cvss-v3.0.js' {
  const schema: object;
  export default schema;
}
declare module '@secvisogram/csaf-validator-lib/schemas/cvss-v3.1.js' {
  const schema: object;
  export default schema;
}
