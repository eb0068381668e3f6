# SPDX-License-Identifier: MIT
# What the jobs of this folder share. Adapt the lines below to your cluster, or set them where you submit:
# launcher=mpirun sbatch coverage.sbatch

launcher=${launcher:-srun}           # or mpirun, where srun does not know PMIx (srun --mpi=list)
modules=${modules:-}                 # what `module load` needs here, if anything
most_restarts=${most_restarts:-20}   # a job that never gets on must not come back for ever
stripes=${stripes:-4}                # storage targets of a new output folder on Lustre

# stop CODE MESSAGE: ends the script.
stop() {
    echo "swather: error: $2" >&2
    exit "$1"
}

if [ -n "$modules" ]; then
    command -v module >/dev/null || stop 1 "there is no command 'module' here to load $modules"
    # shellcheck disable=SC2086 # a list
    module load $modules
fi
command -v swather >/dev/null || stop 127 "swather is not on PATH: set modules= in common.bash, or PATH where you submit"
export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}
export SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1} # srun does not inherit it any more (SLURM 22.05)
# When one rank has died, srun lets the others wait for it for ever, if not told how many seconds.
export SLURM_WAIT=${SLURM_WAIT:-30}
# By the default of SLURM 22.05, whose barriers are trees, a rank may be through MPI_Init while one of another node still waits
# in its first barrier, and cannot take a message yet: 15 of 470 starts of four ranks died so on busy cores, and none of 480 by
# rings (Open MPI 4.1.4, TCP).
export SLURM_PMIX_FENCE=${SLURM_PMIX_FENCE:-ring}

# launch [-n RANKS] COMMAND…: runs it on all tasks of the job, or so many; in the place of this shell.
launch() {
    case $launcher in
        srun) exec srun --mpi=pmix "$@" ;;
        mpirun) exec mpirun -q "$@" ;;
        *) stop 2 "launcher=$launcher is neither srun nor mpirun" ;;
    esac
}

# make_folder_of FILE: makes the folder of an output. A new one on Lustre is striped; one that is there is left as it is.
make_folder_of() {
    local folder
    folder=$(dirname "$1")
    [ ! -d "$folder" ] || return 0
    mkdir -p "$folder" || stop 73 "the folder '$folder' cannot be made"
    ! command -v lfs >/dev/null || lfs setstripe --stripe-count "$stripes" "$folder" || echo "'$folder' is not striped" >&2
}

# attempt OUTPUT [-n RANKS] COMMAND…: runs it, and passes USR1 on to it; returns its exit code. Once more where that is none of
# swather's: a rank or the launcher has died.
attempt() {
    local output=$1 pid='' run status asked=''
    shift
    # Again and again: who is told while it starts may not yet listen.
    trap 'asked=yes; while [ -n "$pid" ] && kill -USR1 "$pid" 2>/dev/null; do sleep 5; done' USR1
    for run in 1 2; do
        [ -z "$asked" ] || return 75
        echo "== $(date '+%F %T') job $SLURM_JOB_ID on $SLURM_JOB_NODELIST, restart ${SLURM_RESTART_COUNT:-0}: $*"
        launch "$@" &
        pid=$!
        [ -z "$asked" ] || kill -USR1 "$pid" 2>/dev/null
        # A signal ends `wait`, not the run; of a run that has ended, `wait` remembers how.
        while kill -0 "$pid" 2>/dev/null; do wait "$pid"; done
        wait "$pid"
        status=$?
        pid=''
        # An srun that could start nothing, on a node that was switched off in mid-run and has come back, ends with 0.
        [ "$status" != 0 ] || [ -e "$output" ] || status=1
        echo "-- ended with $status"
        case $status in 0 | 2 | 65 | 66 | 70 | 73 | 74 | 75) return "$status" ;; esac
        echo "run $run of at most 2 ended with $status, which swather never does: a rank or the launcher has died"
    done
    [ -z "$asked" ] || return 75
    return "$status"
}

# own_name: of this job for scontrol; of a task of an array not its number, which for the last one stands for all of them. A
# job that was submitted from within a task has the variables of that task, too.
own_name() {
    if [ -n "${SLURM_ARRAY_JOB_ID:-}" ] && scontrol show job "$SLURM_JOB_ID" | grep -q "ArrayJobId=$SLURM_ARRAY_JOB_ID "; then
        echo "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
    else
        echo "$SLURM_JOB_ID"
    fi
}

# survive OUTPUT COMMAND…: runs it, over as many starts of the job as the output takes; ends the script.
#
# SLURM sends USR1 to the script some minutes before the time limit (#SBATCH --signal=B:USR1@300). It is passed on to all
# ranks; each finishes its block and writes it to the journal, and swather ends with 75. The job is then put back into the
# queue, and its next start resumes, on whatever number of ranks it gets. Any other end of swather is the job's.
survive() {
    local restarts=${SLURM_RESTART_COUNT:-0} status
    make_folder_of "$1"
    attempt "$@"
    status=$?
    if [ "$status" = 75 ] && [ "$restarts" -lt "$most_restarts" ]; then
        echo "stopped in time: back into the queue (restart $((restarts + 1)) of at most $most_restarts)"
        if scontrol requeue "$(own_name)"; then sleep 60; else echo "it could not be put back: submit it again" >&2; fi
    fi
    exit "$status"
}
