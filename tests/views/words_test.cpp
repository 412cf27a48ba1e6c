#include "app/views/words.h"

#include <gtest/gtest.h>

namespace ipcscope {

TEST(Words, ARowOfTheSameByteIsToldByItsBeginning) {
    EXPECT_EQ(shorter_rows(R"(write(4, "\0\0\0\0\0\0"..., 32768))"), R"(write(4, "\0\0…"..., 32768))");
    EXPECT_EQ(shorter_rows(R"("\x02\0\0\0\x03\0\0\0\0!")"), R"("\x02\0\0\0\x03\0\0…!")");
    EXPECT_EQ(shorter_rows(R"(read 1808 bytes, "AAAAAAAAAAAAAAAA"…)"), R"(read 1808 bytes, "AAAA…"…)");
    EXPECT_EQ(shorter_rows(R"("\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x02")"), R"("\x01\x01\x01\x01…\x02")");
    EXPECT_EQ(shorter_rows(R"("hello" \x)"), R"("hello" \x)");
    EXPECT_EQ(shorter_rows("getpid()"), "getpid()");
}

}  // namespace ipcscope
