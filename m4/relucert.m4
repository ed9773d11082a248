# RC_APPEND_FLAG(VARIABLE, FLAG)
# Appends FLAG to VARIABLE if the compiler takes it without complaint.
AC_DEFUN([RC_APPEND_FLAG], [
  AS_VAR_PUSHDEF([cache], [rc_cv_flag_$2])
  AC_CACHE_CHECK([whether $CC accepts $2], [cache], [
    rc_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror $2"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])], [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
    CFLAGS=$rc_saved_CFLAGS
  ])
  AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([$1], [" $2"])])
  AS_VAR_POPDEF([cache])
])

# RC_REQUIRE_LIBRARY(NAME, HEADER, LIBRARY, FUNCTION, DEBIAN-PACKAGE)
# Finds a library or stops with the name of the package that holds it.
AC_DEFUN([RC_REQUIRE_LIBRARY], [
  AC_CHECK_HEADER([$2], [], [AC_MSG_ERROR([$1: no header <$2>. On Debian or Ubuntu: apt-get install $5])])
  AC_CHECK_LIB([$3], [$4], [LIBS="-l$3 $LIBS"],
    [AC_MSG_ERROR([$1: the library -l$3 is missing or does not link. On Debian or Ubuntu: apt-get install $5])])
])

# RC_REQUIRE_MPI
# Sets MPI_CPPFLAGS and MPI_LIBS, which mpicc of Open MPI tells unless they are given, or stops.
AC_DEFUN([RC_REQUIRE_MPI], [
  AC_PATH_PROG([MPICC], [mpicc], [no])
  AS_VAR_SET_IF([MPI_CPPFLAGS], [], [MPI_CPPFLAGS=`$MPICC --showme:compile 2>/dev/null | sed 's/-I/-isystem /g'`])
  AS_VAR_SET_IF([MPI_LIBS], [], [MPI_LIBS=`$MPICC --showme:link 2>/dev/null`])
  rc_saved_CPPFLAGS=$CPPFLAGS
  rc_saved_LIBS=$LIBS
  CPPFLAGS="$CPPFLAGS $MPI_CPPFLAGS"
  LIBS="$MPI_LIBS $LIBS"
  AC_MSG_CHECKING([for MPI])
  AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <mpi.h>]], [[MPI_Init(0, 0);]])], [AC_MSG_RESULT([yes])],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([MPI does not compile and link. On Debian or Ubuntu: apt-get install libopenmpi-dev openmpi-bin])])
  CPPFLAGS=$rc_saved_CPPFLAGS
  LIBS=$rc_saved_LIBS
  MPI_CPPFLAGS="-DRC_WITH_MPI $MPI_CPPFLAGS"
])
