/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-test-doubles.h"

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace smkex
{

bool
Aborts(const std::function<void()>& action)
{
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0)
    {
        const rlimit noCoreFile{0, 0};
        setrlimit(RLIMIT_CORE, &noCoreFile);
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        std::signal(SIGABRT, SIG_DFL);
        action();
        _exit(0);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
           WTERMSIG(status) == SIGABRT;
}

} // namespace smkex
