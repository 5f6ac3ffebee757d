// Puts a load of one statement on MariaDB: Tickets SOCKET DATABASE CONNECTIONS SECONDS STATEMENT
//
// A thread for each connection sends the statement, takes the id from the reply, and sends it again. A statement that ended
// in a deadlock is repeated, as every client of such a table must: mysqlslap would give up. Prints how many were done per
// second.

#include <mariadb/errmsg.h>
#include <mariadb/mysql.h>
#include <mariadb/mysqld_error.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *statement;
static double seconds;
static atomic_bool has_failed;

struct worker {
    pthread_t thread;
    MYSQL *connection;
    double start;
    unsigned long done;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void *work(void *argument) {
    struct worker *worker = argument;
    mysql_thread_init();
    while (now() - worker->start < seconds && !has_failed) {
        if (mysql_real_query(worker->connection, statement, strlen(statement)) == 0) {
            if (mysql_insert_id(worker->connection) == 0) {
                fprintf(stderr, "the statement gave no id\n");
                has_failed = true;
            }
            worker->done++;
        } else if (mysql_errno(worker->connection) != ER_LOCK_DEADLOCK) {
            fprintf(stderr, "%s\n", mysql_error(worker->connection));
            has_failed = true;
        }
    }
    mysql_thread_end();
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 6) {
        fprintf(stderr, "usage: Tickets SOCKET DATABASE CONNECTIONS SECONDS STATEMENT\n");
        return 64;
    }
    int connections = atoi(arguments[3]);
    seconds = atof(arguments[4]);
    statement = arguments[5];
    if (connections < 1 || connections > 1000 || seconds <= 0) return 64;
    mysql_library_init(0, NULL, NULL);
    struct worker *workers = calloc((size_t)connections, sizeof *workers);
    if (workers == NULL) return 1;
    for (int index = 0; index < connections; index++) {
        MYSQL *connection = workers[index].connection = mysql_init(NULL);
        if (mysql_real_connect(connection, NULL, "root", NULL, arguments[2], 0, arguments[1], 0) == NULL) {
            fprintf(stderr, "%s\n", mysql_error(connection));
            return 1;
        }
    }
    double start = now();
    for (int index = 0; index < connections; index++) {
        workers[index].start = start;
        if (pthread_create(&workers[index].thread, NULL, work, &workers[index]) != 0) return 1;
    }
    unsigned long done = 0;
    for (int index = 0; index < connections; index++) {
        pthread_join(workers[index].thread, NULL);
        done += workers[index].done;
    }
    printf("%lu %f\n", done, (double)done / (now() - start));
    return has_failed ? 1 : 0;
}
