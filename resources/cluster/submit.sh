#!/bin/bash
# Submits the study "@NAME@" to Slurm. Fill in job.sbatch first where your cluster asks for an account or a partition.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
mkdir -p logs
all=()

# submit FIRST COUNT [DEPENDENCY]: COUNT tasks from number FIRST on, @BUNDLE@ a job, arrays of at most 1000 jobs.
submit() {
  local first=$1 count=$2 dependency=${3:-} done=0
  ids=()
  local jobs=$(((count + @BUNDLE@ - 1) / @BUNDLE@))
  while [ "$done" -lt "$jobs" ]; do
    local size=$((jobs - done < 1000 ? jobs - done : 1000))
    ids+=("$(sbatch --parsable ${dependency:+--dependency=$dependency} --array=0-$((size - 1))%@AT_A_TIME@ \
      --export=ALL,CYTOLOOM_FIRST=$((first + done * @BUNDLE@)),CYTOLOOM_END=$((first + count)),CYTOLOOM_BUNDLE=@BUNDLE@ job.sbatch)")
    done=$((done + size))
  done
  all+=("${ids[@]}")
}

join() { local IFS=:; echo "$*"; }
after=""
if [ @GENERATORS@ -gt 0 ]; then
  submit 0 @GENERATORS@
  # A generator that fails must not keep the others waiting: arms without its pictures end at once and say so.
  after="afterany:$(join "${ids[@]}")"
fi
submit @GENERATORS@ @ARMS@ "$after"
sbatch --dependency="afterany:$(join "${all[@]}")" collect.sbatch
