// Lines of /proc/locks, as kernels have written them, and as nobody should.
#include <gtest/gtest.h>

#include "core/events/fact.h"
#include "core/session/proc_locks.h"

namespace ipcscope {
namespace {

TEST(ProcLocks, EachKindOfLine) {
    const auto record = parse_lock("12: POSIX  ADVISORY  WRITE 17654 fe:0a:11002018 10 14");
    ASSERT_TRUE(record);
    EXPECT_EQ(record->word, LockWord::Record | LockWord::Exclusive);
    EXPECT_EQ(record->pid, 17654);
    EXPECT_EQ(record->major, 0xfeu);
    EXPECT_EQ(record->minor, 0x0au);
    EXPECT_EQ(record->inode, 11002018);
    EXPECT_EQ(record->first, 10);
    EXPECT_EQ(record->last, 14);
    const auto waits = parse_lock("3:  -> FLOCK  ADVISORY  READ 17656 fe:00:11002018 0 EOF");
    ASSERT_TRUE(waits);
    EXPECT_EQ(waits->word, LockWord::Whole | LockWord::Waits);
    EXPECT_EQ(waits->last, INT64_MAX);
    const auto open_file = parse_lock("1: OFDLCK ADVISORY  WRITE -1 00:1b:2 100 EOF");
    ASSERT_TRUE(open_file);
    EXPECT_EQ(open_file->word, LockWord::OpenFile | LockWord::Exclusive);
    EXPECT_EQ(open_file->pid, -1);
}

TEST(ProcLocks, WhatCannotBeUnderstoodIsNothing) {
    for (const char* line : {"", "1:", "1: LEASE  ACTIVE    READ 812 fe:00:1138 0 EOF", "1: POSIX  ADVISORY  WRITE", "1: POSIX  *NOINODE* WRITE 1 <none>:0 0 EOF",
                             "1: POSIX  ADVISORY  WRITE 17654 fe:00:11002018 10 99999999999999999999", "1: FLOCK  ADVISORY  WRITE x fe:00:1 0 EOF"})
        EXPECT_FALSE(parse_lock(line)) << line;
}

}  // namespace
}  // namespace ipcscope
