#include "app/views/words.h"

#include <gtest/gtest.h>

namespace ipcscope {

TEST(Words, ARowOfZerosIsToldByItsBeginning) {
    EXPECT_EQ(shorter_zeros(R"(write(4, "\0\0\0\0\0\0"..., 32768))"), R"(write(4, "\0\0…"..., 32768))");
    EXPECT_EQ(shorter_zeros(R"("\x02\0\0\0\x03\0\0\0\0!")"), R"("\x02\0\0\0\x03\0\0…!")");
    EXPECT_EQ(shorter_zeros("getpid()"), "getpid()");
}

}  // namespace ipcscope
