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
