/* One run in many processes, by MPI (./configure --with-mpi). Process 0 hands out the units of an enumeration, takes
   in what the others make of them, and passes it on in order. */
#ifndef RELUCERT_MPI_H
#define RELUCERT_MPI_H

#include "arrangement/run.h"

/* This process's number and the number of processes, as the launcher's environment tells them (mpirun of Open MPI,
   MPICH's mpiexec, srun); 0 and 1 outside. MPI is not touched. */
int rc_mpi_launched_rank(void);
int rc_mpi_launched_size(void);

/* Starts MPI, in every process of the launch, and ends it. Refuses in a build without it. */
rc_status rc_mpi_begin(rc_error_struct *err) RC_MUST_USE;
void rc_mpi_end(void);

/* Returns RC_OK in every process if all have RC_OK and the same fingerprint; otherwise the first failure's status, in
   process 0 with its message. */
rc_status rc_mpi_agree(rc_status status, uint64_t fingerprint, rc_error_struct *err) RC_MUST_USE;

/* rc_run_units in all processes: recall, keep and pass are called in process 0, work in the others (there are two
   processes or more). Only in process 0 do limits, err and the status tell what happened. */
rc_status rc_mpi_run_units(rc_enumeration_struct *E, const rc_run_steps *steps, rc_limits *limits,
                           rc_error_struct *err) RC_MUST_USE;

#endif
