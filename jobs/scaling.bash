# SPDX-License-Identifier: MIT
# What the sweeps over numbers of ranks share.

repeats=${repeats:-3}

# bench/scaling of swather's sources, which times each run: adapt it where this folder was copied to another place.
scaling=${scaling:-$here/../bench/scaling}

# sweep CSV COMMAND…: runs it on 1, 2, 4 … ranks, and on all of the job; each run appends a line to CSV. {ranks} in the command
# is their number.
sweep() {
    local csv=$1 ranks
    shift
    [ -x "$scaling" ] || stop 127 "'$scaling' is not there: set scaling= in scaling.bash, or where you submit"
    make_folder_of "$csv"
    ranks=$(numbers_of_ranks "${SLURM_NTASKS:-$((SLURM_NNODES * SLURM_NTASKS_PER_NODE))}" | paste -s -d ,)
    "$scaling" --csv "$csv" --ranks "$ranks" --repeats "$repeats" --data "$(dirname "$csv")" \
        --launcher "$(printf %q "$here/few-nodes") {ranks}" --no-check -- "$@"
}

# numbers_of_ranks MOST: 1, 2, 4 … and MOST itself.
numbers_of_ranks() {
    local ranks
    for ((ranks = 1; ranks < $1; ranks *= 2)); do echo "$ranks"; done
    echo "$1"
}
