#include "CSQLite.h"
#include <sqlite3.h>

int sqlite_keep_log_on_close(void *connection, int is_kept) {
    return sqlite3_db_config((sqlite3 *)connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, is_kept, (int *)0);
}
