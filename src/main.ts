/** Starts embargod on the command line; a Node that is too old hears so in one clear line. */

if ('Temporal' in globalThis) {
  const [{ run }, { processTerminal }, { machinery }] = await Promise.all([
    import('./cli/program.ts'),
    import('./cli/terminal.ts'),
    import('./cli/machinery.ts'),
  ]);
  process.exitCode = await run(process.argv.slice(2), processTerminal(), machinery);
} else {
  process.stderr.write(
    `embargod: needs Node.js 26 or newer, and this is ${process.version}: start it with src/embargod\n`,
  );
  process.exitCode = 2;
}
