#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A SLURM cluster of four nodes on this machine, for as long as a command runs: `tests/slurm/cluster.py bash`.

SLURM and the command run in namespaces of their own (processes, mounts, network): nothing of the machine is changed,
several clusters do not meet, and when the first process in there ends, in whatever way, the kernel ends all others. A
node is a namespace within, with its own address, host name, processes and /dev/shm. The exit code is the command's;
where there can be no cluster, the reason is printed, and it is 77; in continuous integration, where the environment
variable CI is set, it is 1: nothing is skipped there.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

SKIPPED = 77  # what CTest is told to take for it

NODES = [f"n{number}" for number in range(1, 5)]
NETWORK = "10.0.0"  # of namespaces only
STATE = Path("/run/slurm")  # on a tmpfs of the cluster

# Periods are short where a test would wait: a dead node is told within seconds, and a job that was put back into the
# queue can start when its old credential has expired (cred_expire, two minutes by default).
ADDRESSES = {"login": f"{NETWORK}.254"} | {node: f"{NETWORK}.{number}" for number, node in enumerate(NODES, 1)}

SLURM_CONF = f"""\
ClusterName=test
SlurmctldHost=login({ADDRESSES["login"]})
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={STATE}/munge.socket,cred_expire=5
StateSaveLocation={STATE}
SlurmctldPidFile={STATE}/slurmctld.pid
SlurmctldLogFile={STATE}/slurmctld.log
SlurmdSpoolDir={STATE}/%n
SlurmdPidFile={STATE}/%n.slurmd.pid
SlurmdLogFile={STATE}/%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
SlurmdTimeout=6
TCPTimeout=3
KillWait=5
MinJobAge=3600
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
NodeName=DEFAULT CPUs=8 RealMemory=20000
PartitionName=all Nodes=ALL Default=YES
""" + "".join(f"NodeName={node} NodeAddr={ADDRESSES[node]}\n" for node in NODES)
CGROUP_CONF = "CgroupPlugin=cgroup/v1\n"  # it touches no cgroups unless a plugin asks; that of v2 wants systemd
MPI_CONF = "PMIxCliTmpDirBase=/dev/shm\n"  # the nodes share /tmp

ENVIRONMENT = {
    "SLURM_CONF": f"{STATE}/slurm.conf",
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_mpi_yield_when_idle": "1",
    "OMPI_MCA_orte_tmpdir_base": "/dev/shm",
}


def sh(script):
    """Runs a line of shell, of which nothing may fail."""
    subprocess.run(["sh", "-euc", script], check=True)


# --- nodes ----------------------------------------------------------------------------------------------------------


def start_node(node):
    """Switches a node on: it joins the cluster by itself. Its jobs leave who watches them the cores he wants."""
    boot = f"hostname {node}; mount -t tmpfs tmpfs /dev/shm; exec nice -n 10 slurmd -D -N {node}"
    sh(f"ip link set {node} up; "
       f"setsid nsenter --net=/run/netns/{node} unshare --uts --mount --pid --fork --kill-child --mount-proc "
       f"sh -euc '{boot}' </dev/null >/dev/null 2>&1 & echo $! >{STATE}/{node}.pid")


def kill_node(node):
    """Pulls the plug: all processes of a node are gone, and no connection is closed."""
    sh(f"ip link set {node} down")
    os.kill(int((STATE / f"{node}.pid").read_text()), signal.SIGKILL)


def run_on_node(node, script):
    """Runs a line of shell as what a node's administrator might have done there: with its mounts."""
    sh(f"nsenter --mount=/proc/$(cat {STATE}/{node}.pid)/ns/mnt sh -euc {shlex.quote(script)}")


def idle_nodes():
    states = subprocess.run(["sinfo", "--noheader", "--Node", "--format=%T"],
                            capture_output=True, text=True, check=False)
    return states.stdout.split().count("idle")


# --- the cluster ----------------------------------------------------------------------------------------------------


def reason_against():
    """Why there can be no cluster here; None: there can."""
    if os.geteuid() != 0:
        return "only root can make namespaces"
    missing = [name for name in ("slurmctld", "slurmd", "sbatch", "munged", "ip", "nsenter") if not shutil.which(name)]
    if missing:
        return f"not installed: {', '.join(missing)} (scripts/install-packages --tests)"
    tried = subprocess.run(in_namespaces("ip", "link", "add", "bridge", "type", "bridge"),
                           capture_output=True, text=True, check=False)
    return f"namespaces are not permitted: {tried.stderr.strip()}" if tried.returncode else None


def in_namespaces(*command):
    """The command line that runs a command in namespaces of its own, which end with it, and with this process."""
    return ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--net", "--uts", "--pid", "--fork", "--kill-child",
            "--mount-proc", *command]


def start():
    """Starts all of it, within its namespaces."""
    sh("hostname login; mount -t tmpfs tmpfs /run; ip link set lo up; "
       f"ip link add bridge type bridge; ip address add {ADDRESSES['login']}/24 dev bridge; ip link set bridge up")
    STATE.mkdir()
    (STATE / "hosts").write_text("127.0.0.1 localhost\n" +
                                 "".join(f"{address} {name}\n" for name, address in ADDRESSES.items()))
    sh(f"mount --bind {STATE}/hosts /etc/hosts")
    (STATE / "slurm.conf").write_text(SLURM_CONF)
    (STATE / "cgroup.conf").write_text(CGROUP_CONF)
    (STATE / "mpi.conf").write_text(MPI_CONF)
    (STATE / "munge.key").write_bytes(os.urandom(128))
    (STATE / "munge.key").chmod(0o600)
    STATE.chmod(0o755)
    sh(f"cd {STATE}; munged --key-file=munge.key --socket=munge.socket --pid-file=munged.pid --log-file=munged.log "
       "--seed-file=munged.seed; slurmctld")
    for node in NODES:
        sh(f"ip netns add {node}; ip link add {node} type veth peer name eth0 netns {node}; "
           f"ip link set {node} master bridge; ip -n {node} address add {ADDRESSES[node]}/24 dev eth0; "
           f"ip -n {node} link set eth0 up; ip -n {node} link set lo up")
        start_node(node)
    end = time.monotonic() + 30
    while idle_nodes() < len(NODES):
        if time.monotonic() > end:
            sh(f"tail -n 20 {STATE}/*.log >&2; exit 1")
        time.sleep(0.1)


def main(arguments):
    if arguments[:1] == ["--inside"]:
        os.environ.update(ENVIRONMENT)
        start()
        return subprocess.run(arguments[1:], check=False).returncode
    if not arguments or arguments[0].startswith("-"):
        print("usage: cluster.py COMMAND …\n\n" + __doc__)
        return 2
    if reason := reason_against():
        print(f"no SLURM cluster: {reason}")
        return 1 if os.environ.get("CI") else SKIPPED
    return subprocess.run(in_namespaces(sys.executable, __file__, "--inside", *arguments), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
