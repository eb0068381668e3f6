# SPDX-License-Identifier: MIT
# What the jobs of this folder share: a run that SLURM ends at its time limit goes on by itself.
#
# SLURM sends USR1 to the batch script some minutes before the limit (#SBATCH --signal=B:USR1@300). It is passed on
# to all ranks; each finishes its block and writes it to the journal, and swather ends with 75. The job is then put
# back into the queue, and its next start resumes, on whatever number of ranks it gets. Any other end is the job's.

launcher=${launcher:-srun}           # or mpirun, where SLURM and Open MPI do not know each other
most_restarts=${most_restarts:-20}   # a job that never gets on must not come back for ever
modules=${modules:-}                 # what `module load` needs here, if anything

if [ -n "$modules" ] && command -v module >/dev/null; then
    # shellcheck disable=SC2086 # a list
    module load $modules
fi
export OMP_NUM_THREADS=1
export SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1} # srun does not inherit it any more (SLURM 22.05)

# survive COMMAND…: runs it on all tasks of the job; ends the script.
survive() {
    case $launcher in
        srun) srun --mpi=pmix "$@" & ;;
        mpirun) mpirun -q "$@" & ;;
        *) echo "launcher=$launcher is neither srun nor mpirun" >&2; exit 2 ;;
    esac
    local pid=$! status
    trap 'kill -USR1 "$pid"' USR1
    # A signal ends `wait`, not the run.
    wait "$pid"; status=$?
    while kill -0 "$pid" 2>/dev/null; do wait "$pid"; status=$?; done
    [ "$status" -le 128 ] || { wait "$pid"; status=$?; }

    if [ "$status" = 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt "$most_restarts" ]; then
        echo "stopped in time: back into the queue (restart $((${SLURM_RESTART_COUNT:-0} + 1)) of at most $most_restarts)"
        scontrol requeue "$SLURM_JOB_ID" && sleep 60 # SLURM ends this script
    fi
    exit "$status"
}
