/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_PARALLEL_H
#define SMKEX_PARALLEL_H

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace smkex
{

/**
 * Does items 0 to count - 1 on up to `jobs` threads (0: one), each item once, in no fixed order.
 *
 * \param makeWorker called once in each thread; returns what is then called with each of the
 *        thread's items and may hold scratch memory. Neither may throw.
 */
template <typename MakeWorker>
void
ParallelFor(std::size_t count, unsigned jobs, MakeWorker makeWorker)
{
    std::atomic<std::size_t> next{0};
    const auto run = [&] {
        auto worker = makeWorker();
        for (std::size_t item = next++; item < count; item = next++)
        {
            worker(item);
        }
    };
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < std::min<std::size_t>(jobs, count); ++i)
    {
        others.emplace_back(run);
    }
    run();
    for (std::thread& other : others)
    {
        other.join();
    }
}

} // namespace smkex

#endif // SMKEX_PARALLEL_H
