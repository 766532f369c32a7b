import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import path from 'node:path';
import { Option } from 'commander';
import { type Served, distFolder, serve as startServer } from '../../server/serve.ts';
import type { CommandContext, CommandModule } from '../command.ts';
import { integerFrom } from '../options.ts';
import { type RuntimeFlags, addRuntimeFlags } from '../runtimeFlags.ts';

interface ServeFlags extends RuntimeFlags {
  readonly port: number;
  readonly host: string;
  readonly allowHost: readonly string[];
  readonly open: boolean;
  readonly workspace: string;
  readonly withParent?: boolean;
}

export const serve: CommandModule = {
  configure(command, context) {
    command
      .option('--port <number>', 'port to listen on; 0 takes a free one', integerFrom(0), 0)
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .addOption(
        new Option('--allow-host <name>', 'a name under which a proxy makes it known; repeat it for several')
          .argParser((name: string, before: readonly string[] | undefined) => [...(before ?? []), name])
          .default([], 'none'),
      )
      .option('--no-open', 'print the address without opening a browser')
      .option('--workspace <folder>', 'where models, images, runs and layouts are kept', usualWorkspace())
      .option('--with-parent', 'end when standard input ends, as it does with the program that started this');
    addRuntimeFlags(command);
    command.action(async (flags: ServeFlags) => {
      const served = await startServer({
        ...flags,
        allowedHosts: flags.allowHost,
        engine: {
          entry: distFolder('engine.js'),
          args: ['--device', flags.device, '--threads', String(flags.threads)],
        },
        onLink: (url) => context.note(`For another browser: ${url}`),
      });
      context.print(served.url);
      if (flags.open) openBrowser(served.url);
      await untilStopped(context, flags.withParent === true);
      await end(served);
    });
  },
};

/** Where the system keeps a program's data. */
function usualWorkspace(): string {
  const { APPDATA, XDG_DATA_HOME } = process.env;
  const home = homedir();
  if (process.platform === 'win32') return path.join(APPDATA ?? path.join(home, 'AppData/Roaming'), 'Loupe');
  if (process.platform === 'darwin') return path.join(home, 'Library/Application Support/Loupe');
  return path.join(XDG_DATA_HOME ?? path.join(home, '.local/share'), 'loupe');
}

/** Asks the system to show an address; where it cannot, the printed one is enough. */
function openBrowser(url: string): void {
  const [program, ...args] =
    process.platform === 'win32'
      ? ['rundll32', 'url.dll,FileProtocolHandler', url]
      : [process.platform === 'darwin' ? 'open' : 'xdg-open', url];
  if (program === undefined) return;
  spawn(program, args, { stdio: 'ignore', detached: true })
    .once('error', () => undefined)
    .unref();
}

/** Ctrl-C, or the end of the program that started this. */
async function untilStopped({ signal }: CommandContext, withParent: boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
    if (!withParent) return;
    process.stdin.resume();
    process.stdin.once('end', resolve).once('close', resolve);
  });
}

async function end(served: Served): Promise<void> {
  await served.close();
  process.stdin.destroy();
}
