/* The client library of MariaDB, which speaks to MySQL too. pkg-config knows where its headers are. */
#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>
