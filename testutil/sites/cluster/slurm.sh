#!/usr/bin/env bash
#SBATCH --job-name=workbook
#SBATCH --array=1-16
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=workbook-%A-%a.log
# Grades a class as an array job: see slurm.md. WORKBOOK is the folder of the workbook; by
# default it is that from which the job was submitted.
set -euo pipefail
export SHARDS=${SHARDS:-$SLURM_ARRAY_TASK_COUNT}
exec "${WORKBOOK:-$SLURM_SUBMIT_DIR}/testutil/sites/cluster/part.sh" "$SLURM_ARRAY_TASK_ID" "$@"
