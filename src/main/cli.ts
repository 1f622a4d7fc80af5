/** Entry of the terminal: reads arguments, sends one request, prints one answer (docs: commands). */
import { runTerminal } from './terminal/run-terminal.ts'

process.exitCode = await runTerminal(process.argv.slice(2))
