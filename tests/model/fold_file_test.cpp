// Files, FIFOs, terminals; dup, fcntl, lseek; what the kernel told.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/model/script.h"

namespace ipcscope {
namespace {

TEST(File, TwoOpensAreOneObjectAndTwoOffsets) {
    Script run;
    const Actor actor = run.launch();
    run.open(actor, "data.txt", O_RDONLY, 3);
    run.open(actor, "./data.txt", O_RDWR, 4);
    EXPECT_EQ(&run.object(actor, 3), &run.object(actor, 4));
    EXPECT_NE(run.model.file_behind(0, 3), run.model.file_behind(0, 4));
    run.read(actor, 3, "ABC", 3);
    EXPECT_EQ(run.model.file_behind(0, 3)->offset, 3);
    EXPECT_EQ(run.model.file_behind(0, 4)->offset, 0);
    EXPECT_EQ(run.object(actor, 3).name, "data.txt");
}

TEST(File, AForkedChildSharesTheOffset) {
    Script run;
    const Actor parent = run.launch();
    run.open(parent, "data.txt", O_RDONLY, 3);
    const Actor child = run.fork(parent, 3);
    run.read(child, 3, "ABC", 3);
    EXPECT_EQ(run.model.file_behind(0, 3)->offset, 3);
    run.read(parent, 3, "DE", 3);
    EXPECT_EQ(run.model.file_behind(1, 3)->offset, 5);
    run.enter(child, CallId::lseek, {3, 0, SEEK_SET}).exit(0);
    EXPECT_EQ(run.model.file_behind(0, 3)->offset, 0);
    run.enter(child, CallId::pread, {3, 1, 4, 9}).exit(4);
    run.enter(child, CallId::pwrite, {3, 1, 4, 9}).fail(EBADF);
    EXPECT_EQ(run.model.file_behind(0, 3)->offset, 0);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST(File, AppendingGoesToTheEnd) {
    Script run;
    const Actor actor = run.launch();
    run.open(actor, "log", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 3);
    run.open(actor, "log", O_WRONLY, 4);
    run.write(actor, 4, "12345678");
    run.write(actor, 3, "ab");
    EXPECT_EQ(run.model.file_behind(0, 3)->offset, 10);
    EXPECT_EQ(run.object(actor, 3).file_size, 10);
    run.open(actor, "old", O_WRONLY | O_APPEND, 5);
    run.write(actor, 5, "x");
    EXPECT_FALSE(run.model.file_behind(0, 5)->is_offset_known);
    run.fact(actor, FactKind::Descriptor, {5, O_WRONLY | O_APPEND, 42, 99, S_IFREG | 0644}, "/tmp/old");
    EXPECT_EQ(run.model.file_behind(0, 5)->offset, 42);
    EXPECT_TRUE(run.model.file_behind(0, 5)->is_offset_known);
}

TEST(File, AnInodeBringsTwoNamesTogether) {
    Script run;
    const Actor actor = run.launch();
    run.open(actor, "data.txt", O_RDONLY, 3);
    run.open(actor, "/work/data.txt", O_RDONLY, 4);
    EXPECT_NE(&run.object(actor, 3), &run.object(actor, 4));
    run.fact(actor, FactKind::Descriptor, {3, O_RDONLY, 0, 77, S_IFREG | 0644}, "/work/data.txt");
    run.fact(actor, FactKind::Descriptor, {4, O_RDONLY, 0, 77, S_IFREG | 0644}, "/work/data.txt");
    EXPECT_EQ(&run.object(actor, 3), &run.object(actor, 4));
    EXPECT_EQ(run.object(actor, 3).readers, 2u);
    run.open(actor, "data.txt", O_RDONLY, 5);
    EXPECT_EQ(&run.object(actor, 5), &run.object(actor, 3));
    run.close(actor, 3), run.close(actor, 4), run.close(actor, 5);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST(File, AnUnlinkedNameIsFree) {
    Script run;
    const Actor actor = run.launch();
    run.open(actor, "data.txt", O_RDWR, 3);
    run.enter(actor, CallId::unlink, {1}, {bytes(0, "data.txt")}).exit(0);
    EXPECT_TRUE(run.object(actor, 3).is_unlinked);
    run.open(actor, "data.txt", O_RDWR | O_CREAT, 4);
    EXPECT_NE(&run.object(actor, 3), &run.object(actor, 4));
}

TEST(File, APathMayStartAtADirectory) {
    Script run;
    const Actor actor = run.launch();
    run.open(actor, "/etc", O_RDONLY | O_DIRECTORY, 3);
    run.enter(actor, CallId::openat, {3, 1, O_RDONLY, 0}, {bytes(1, "hosts")}).exit(4);
    run.open(actor, "/etc//hosts", O_RDONLY, 5);
    EXPECT_EQ(run.object(actor, 3).kind, ObjectKind::Directory);
    EXPECT_EQ(&run.object(actor, 4), &run.object(actor, 5));
}

TEST(Fifo, AnOpenSleepsUntilTheOtherEndComes) {
    Script run;
    const Actor reader = run.launch();
    run.enter(reader, CallId::mkfifo, {1, 0600}, {bytes(0, "/tmp/f")}).exit(0);
    const Actor writer = run.fork(reader, 3);
    auto open_read = run.enter(reader, CallId::open, {1, O_RDONLY}, {bytes(0, "/tmp/f")});
    open_read.asleep();
    const ObjectId fifo = run.thread_of(reader).waits_for;
    ASSERT_NE(fifo, no_id);
    run.open(writer, "/tmp/f", O_WRONLY, 3);
    open_read.exit(3);
    EXPECT_EQ(run.object(reader, 3).id, fifo);
    EXPECT_EQ(run.object(reader, 3).name, "fifo /tmp/f");
    EXPECT_EQ(run.model.file_behind(0, 3)->end, End::Read);
    EXPECT_EQ(run.model.file_behind(1, 3)->end, End::Write);
    run.write(writer, 3, "hello");
    EXPECT_EQ(run.object(reader, 3).bytes_inside(), 5u);
    run.read(reader, 3, "hello");
    run.close(writer, 3), run.close(reader, 3);
    EXPECT_FALSE(run.model.objects()[fifo].has_ended);                 // its name is still there
    EXPECT_EQ(run.model.surprises(), 0u);
}

// The buffer goes with the last end, and what the calls have made of it: the name's next opener gets a new one.
TEST(Fifo, OpenedAgainItHasANewBuffer) {
    Script run;
    const Actor actor = run.launch();
    run.enter(actor, CallId::mkfifo, {1, 0600}, {bytes(0, "/tmp/f")}).exit(0);
    run.open(actor, "/tmp/f", O_RDWR, 3);
    run.enter(actor, CallId::fcntl, {3, F_SETPIPE_SZ, 4096}).exit(4096);
    run.write(actor, 3, "left");
    run.close(actor, 3);
    run.open(actor, "/tmp/f", O_RDWR, 3);
    EXPECT_EQ(run.object(actor, 3).bytes_inside(), 0u);
    EXPECT_EQ(run.object(actor, 3).pipe->capacity(), 65536u);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST(Fifo, TheKernelCorrectsWhatTheModelTookForAFile) {
    Script run;
    const Actor actor = run.launch();
    run.open(actor, "f", O_RDWR, 3);
    EXPECT_EQ(run.object(actor, 3).kind, ObjectKind::File);
    run.fact(actor, FactKind::Descriptor, {3, O_RDWR, 0, 5, S_IFIFO | 0600}, "/tmp/f");
    EXPECT_EQ(run.object(actor, 3).kind, ObjectKind::Fifo);
    EXPECT_EQ(run.model.file_behind(0, 3)->end, End::Both);
    run.write(actor, 3, "abc");
    EXPECT_EQ(run.object(actor, 3).bytes_inside(), 3u);
}

TEST(Terminal, KeepsTheLastBytes) {
    Script run;
    const Actor actor = run.launch();
    EXPECT_EQ(run.object(actor, 0).name, "terminal");
    EXPECT_EQ(run.model.file_behind(0, 0), run.model.file_behind(0, 2));
    run.write(actor, 1, "one\n");
    run.write(actor, 2, "two\n");
    EXPECT_EQ(run.object(actor, 1).terminal, "one\ntwo\n");
    for (int i = 0; i < 3; ++i) run.write(actor, 1, std::string(4000, 'x'));
    EXPECT_EQ(run.object(actor, 1).terminal.size(), 4096u);
}

TEST(Descriptors, DupAndItsSisters) {
    Script run;
    const Actor actor = run.launch();
    run.pipe(actor, 3, 4);
    run.enter(actor, CallId::dup, {4}).exit(5);
    run.enter(actor, CallId::dup2, {4, 1}).exit(1);
    run.enter(actor, CallId::dup3, {4, 7, O_CLOEXEC}).exit(7);
    run.enter(actor, CallId::fcntl, {4, F_DUPFD, 10}).exit(10);
    run.enter(actor, CallId::fcntl, {4, F_DUPFD_CLOEXEC, 20}).exit(20);
    run.enter(actor, CallId::dup2, {4, 4}).exit(4);
    run.enter(actor, CallId::dup2, {99, 5}).fail(EBADF);
    EXPECT_EQ(run.model.file_behind(0, 4)->references, 6);
    EXPECT_EQ(run.model.file_behind(0, 0)->references, 2);             // 1 was closed first
    EXPECT_TRUE(run.process(actor).descriptor(7)->close_on_exec);
    EXPECT_TRUE(run.process(actor).descriptor(20)->close_on_exec);
    EXPECT_FALSE(run.process(actor).descriptor(10)->close_on_exec);
    run.enter(actor, CallId::fcntl, {10, F_SETFD, FD_CLOEXEC}).exit(0);
    EXPECT_TRUE(run.process(actor).descriptor(10)->close_on_exec);
    run.close(actor, 4);
    EXPECT_EQ(run.object(actor, 3).writers, 1u);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST(Found, SharesOpenFilesAndPipes) {
    Script run;
    const Actor one = run.launch();
    run.found(one, 5, O_RDONLY, 100, S_IFIFO | 0600, "pipe:[100]");
    run.found(one, 6, O_WRONLY, 100, S_IFIFO | 0600, "pipe:[100]");
    run.found(one, 7, O_RDONLY | O_CLOEXEC, 100, S_IFIFO | 0600, "pipe:[100]", 5);
    EXPECT_EQ(&run.object(one, 5), &run.object(one, 6));
    EXPECT_EQ(run.model.file_behind(0, 5), run.model.file_behind(0, 7));
    EXPECT_EQ(run.object(one, 5).readers, 1u);
    EXPECT_EQ(run.model.file_behind(0, 6)->end, End::Write);
    EXPECT_TRUE(run.process(one).descriptor(7)->close_on_exec);
}

TEST(Facts, NameInodesAndBuildNothing) {
    Script run;
    const Actor actor = run.launch();
    run.pipe(actor, 3, 4);
    run.fact(actor, FactKind::Descriptor, {3, O_RDONLY, 0, 48812, S_IFIFO | 0600}, "pipe:[48812]");
    run.fact(actor, FactKind::Descriptor, {9, O_RDONLY, 0, 5, S_IFREG | 0600}, "/tmp/x");
    run.fact(actor, FactKind::DescriptorCount, {2});
    run.fact(actor, FactKind::PipeBytes, {48812, 7, 65536, 0});
    EXPECT_EQ(run.object(actor, 3).inode, 48812u);
    EXPECT_EQ(run.process(actor).descriptors.size(), 5u);
    EXPECT_EQ(run.object(actor, 3).bytes_inside(), 0u);
    run.fact(actor, FactKind::Descriptor, {3, O_RDONLY, 0, 11, S_IFIFO | 0600}, "pipe:[11]");
    EXPECT_EQ(run.object(actor, 3).inode, 48812u);
}

TEST(Facts, SpeakForWhoCannotBeSeen) {
    Script run;
    const Actor actor = run.launch();
    run.pipe(actor, 3, 4);
    run.fact(actor, FactKind::Descriptor, {3, O_RDONLY, 0, 48812, S_IFIFO | 0600}, "pipe:[48812]");
    const Actor child = run.fork(actor, 3);
    run.image(child, "/bin/static", false);
    EXPECT_FALSE(run.process(child).is_seen);
    EXPECT_TRUE(run.object(actor, 3).is_uncertain);
    run.fact(child, FactKind::Descriptor, {0, O_RDONLY, 0, 48812, S_IFIFO | 0600}, "pipe:[48812]");
    run.fact(child, FactKind::Descriptor, {9, O_RDONLY, 0, 5, S_IFREG | 0600}, "/tmp/x");
    run.fact(child, FactKind::DescriptorCount, {2});
    ASSERT_EQ(run.process(child).descriptors.size(), 2u);
    EXPECT_EQ(run.model.file_behind(1, 0), run.model.file_behind(0, 3));
    EXPECT_EQ(run.object(child, 9).name, "/tmp/x");
    EXPECT_EQ(run.object(actor, 4).writers, 1u);
    run.read(actor, 3, "from nowhere");                                // the child may have written that
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST(Facts, UnseenCallsMakeOffsetsUncertain) {
    Script run;
    const Actor actor = run.launch();
    run.open(actor, "data.txt", O_RDONLY, 3);
    run.pipe(actor, 4, 5);
    run.read(actor, 3, "abc");
    run.unseen(actor, 2, 0);
    EXPECT_EQ(run.process(actor).unseen_calls, 2u);
    EXPECT_FALSE(run.model.file_behind(0, 3)->is_offset_known);
    EXPECT_TRUE(run.object(actor, 4).is_uncertain);
    run.fact(actor, FactKind::Descriptor, {3, O_RDONLY, 9, 5, S_IFREG | 0600}, "/tmp/data.txt");
    EXPECT_EQ(run.model.file_behind(0, 3)->offset, 9);
}

}  // namespace
}  // namespace ipcscope
