# SPDX-License-Identifier: MIT
# What the sweeps over numbers of ranks share.

repeats=${repeats:-3}

# sweep CSV COMMAND…: runs it on 1, 2, 4 … ranks, and on all of the job; each run appends a line to CSV. {ranks} in the command
# is their number. All numbers take turns, so that what changes on the cluster meanwhile does not look like scaling.
sweep() {
    local csv=$1 ranks repeat status=0
    output=${1%.csv}-$SLURM_JOB_ID.h5
    shift
    make_folder_of "$csv"
    trap 'rm -rf "$output" "$output.journal"' EXIT
    for ((repeat = 1; repeat <= repeats; ++repeat)); do
        for ranks in $(numbers_of_ranks "${SLURM_NTASKS:-$((SLURM_NNODES * SLURM_NTASKS_PER_NODE))}"); do
            on_few_nodes "$ranks" "$output" "${@//\{ranks\}/$ranks}" -o "$output" --timings-csv "$csv" || status=$?
            rm -rf "$output" "$output.journal"
            case $status in 2 | 65 | 66 | 73) exit "$status" ;; esac # as it would with other ranks
        done
    done
    exit "$status"
}

# numbers_of_ranks MOST: 1, 2, 4 … and MOST itself.
numbers_of_ranks() {
    local ranks
    for ((ranks = 1; ranks < $1; ranks *= 2)); do echo "$ranks"; done
    echo "$1"
}

# on_few_nodes RANKS OUTPUT COMMAND…: fills one node after the other, where srun would take all nodes of the job.
on_few_nodes() (
    export SLURM_NNODES=$((($1 + SLURM_NTASKS_PER_NODE - 1) / SLURM_NTASKS_PER_NODE))
    export SLURM_JOB_NUM_NODES=$SLURM_NNODES
    attempt "$2" -n "$1" "${@:3}"
)
