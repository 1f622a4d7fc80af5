import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Why no Slurm can be started here, or undefined. */
export function whyNoSlurm(): string | undefined {
  const programs = ['/usr/sbin/slurmctld', '/usr/sbin/slurmd', '/usr/sbin/munged', '/usr/bin/sbatch']
  const absent = programs.filter((program) => !existsSync(program))
  if (absent.length > 0) return `Slurm is not installed: ${absent.join(', ')}`
  return process.getuid?.() === 0 ? undefined : 'Slurm is started by root alone'
}

/** A real Slurm with this computer as its only node, from Debian's packages, with a folder and ports of its own. */
export class OneNodeSlurm {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async start(folder: string): Promise<OneNodeSlurm> {
    const slurm = new OneNodeSlurm(folder)
    await slurm.#startMunge()
    const host = hostname().split('.')[0] ?? ''
    for (const part of ['state', 'spool']) await mkdir(join(folder, part))
    await writeFile(join(folder, 'slurm.conf'), configuration(folder, host))
    await writeFile(join(folder, 'cgroup.conf'), 'CgroupPlugin=cgroup/v1\n')
    await run('/usr/sbin/slurmctld', [], { env: slurm.environment })
    await run('/usr/sbin/slurmd', ['-N', host], { env: slurm.environment })
    for (let i = 0; i < 60; i++) {
      const { stdout } = await run('sinfo', ['-h', '-o', '%T'], { env: slurm.environment }).catch(() => ({
        stdout: ''
      }))
      if (stdout.includes('idle')) return slurm
      await sleep(500)
    }
    await slurm.stop()
    throw new Error('The node did not become idle.')
  }

  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, SLURM_CONF: join(this.#folder, 'slurm.conf') }
  }

  /** Until nothing waits and nothing runs. */
  async settle(seconds: number): Promise<void> {
    const end = Date.now() + 1000 * seconds
    for (;;) {
      const { stdout } = await run('squeue', ['-h', '-o', '%i %T %r'], { env: this.environment })
      if (stdout.trim() === '') return
      if (Date.now() > end) throw new Error(`Still there after ${seconds} s: ${stdout}`)
      await sleep(500)
    }
  }

  /** Each by the number of its own process. */
  async stop(): Promise<void> {
    for (const name of ['d.pid', 'ctld.pid', 'munge/pid']) {
      const pid = Number(await readFile(join(this.#folder, name), 'utf8').catch(() => ''))
      if (pid > 0) process.kill(pid)
    }
  }

  async #startMunge(): Promise<void> {
    const folder = join(this.#folder, 'munge')
    await chmod(this.#folder, 0o755)
    await mkdir(folder)
    await writeFile(join(folder, 'key'), randomBytes(1024), { mode: 0o400 })
    execFileSync('chown', ['-R', 'munge', folder])
    const files = ['key-file=key', 'socket=socket', 'pid-file=pid', 'log-file=log', 'seed-file=seed']
    const options = files.map((file) => `--${file.replace('=', `=${folder}/`)}`)
    await run('runuser', ['-u', 'munge', '--', '/usr/sbin/munged', '--force', ...options])
  }
}

function configuration(folder: string, host: string): string {
  const lines = [
    'ClusterName=one',
    `SlurmctldHost=${host}(127.0.0.1)`,
    'AuthType=auth/munge',
    `AuthInfo=socket=${folder}/munge/socket`,
    'SlurmUser=root',
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool`,
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'ReturnToService=2',
    'SelectType=select/cons_tres',
    `SlurmctldPidFile=${folder}/ctld.pid`,
    `SlurmdPidFile=${folder}/d.pid`,
    `SlurmctldLogFile=${folder}/ctld.log`,
    `SlurmdLogFile=${folder}/d.log`,
    'SlurmctldPort=16827',
    'SlurmdPort=16828',
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=8000 State=UNKNOWN`,
    `PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP`
  ]
  return `${lines.join('\n')}\n`
}
