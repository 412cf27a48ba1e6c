// The endpoint's view: what it asks for when it is pressed, in both themes and all text sizes.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstdlib>
#include <set>

#include "app/views/endpoint_shown.h"
#include "app/views/side_views.h"
#include "tests/views/canvas.h"
#include "tests/views/scenes.h"

namespace ipcscope {
namespace {

class Picture {
 public:
    Picture(EndpointShown shown, bool is_dark = true, float scale = 1, int width = 420, int height = 480)
        : canvas_(width, height, is_dark, scale), scene_("nothing", TraceBuilder(), {}), shown_(std::move(shown)) {}

    void draw() {
        ViewContext context = scene_.context(canvas_.theme());
        context.endpoint = &shown_;
        canvas_.frame([&] { draw_endpoint(context, {0, 0}, {static_cast<float>(canvas_.width()), static_cast<float>(canvas_.height())}); });
    }
    void click(ImVec2 at) {
        canvas_.pointer = at;
        draw();
        canvas_.is_down = true;
        draw();
        canvas_.is_down = false;
        draw();
    }
    // What is asked for by a click somewhere in that row, if anything is.
    std::vector<WantEndpoint> sweep() {
        for (float y = 4; y < static_cast<float>(canvas_.height()); y += 16)
            for (float x = 24; x < static_cast<float>(canvas_.width()); x += 40) click({x, y});
        std::vector<WantEndpoint> wanted;
        for (const Intent& intent : scene_.intents) wanted.push_back(std::get<WantEndpoint>(intent));
        return wanted;
    }
    Canvas& canvas() { return canvas_; }
    const std::vector<Intent>& intents() const { return scene_.intents; }

 private:
    Canvas canvas_;
    Scene scene_;
    EndpointShown shown_;
};

EndpointShown at_work(bool is_over = false) {
    EndpointShown shown;
    shown.is_open = true;
    shown.plan.address = *read_endpoint_address(EndpointKind::Tcp, "8080");
    shown.plan.listens = false;
    const SocketAddress local = *read_endpoint_address(EndpointKind::Tcp, "45678");
    if (!is_over) shown.state.peers = {{.number = 1, .local = local, .remote = shown.plan.address, .process = SocketOwner{4711, 4, "server"}}};
    shown.state.local = local;
    shown.state.is_over = is_over;
    const auto at = std::chrono::system_clock::time_point(std::chrono::seconds(1'795'432'000));
    shown.lines = {{at, EndpointEventKind::Connected, 1, "1 connected: 127.0.0.1:45678 and 127.0.0.1:8080, server, pid 4711"},
                   {at + std::chrono::milliseconds(42), EndpointEventKind::Sent, 1, "1 sent 18 bytes: \"GET / HTTP/1.0\\r\\n\\r\\n\""},
                   {at + std::chrono::milliseconds(44), EndpointEventKind::Received, 1, "1 received 44 bytes: \"HTTP/1.0 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello\""},
                   {at + std::chrono::milliseconds(50), EndpointEventKind::WasReset, 1, "1 was reset (ECONNRESET)"}};
    return shown;
}

TEST(EndpointView, IsDrawnInEveryLook) {
    for (const bool is_dark : {true, false})
        for (const float scale : {0.8f, 1.0f, 2.5f})
            for (const EndpointShown& shown : {EndpointShown{}, at_work(), at_work(true)}) {
                Picture picture(shown, is_dark, scale);
                for (int i = 0; i < 3; ++i) picture.draw();
                EXPECT_TRUE(picture.intents().empty());
                if (const char* const folder = std::getenv("IPCSCOPE_PICTURES"))
                    picture.canvas().save(std::string(folder) + "/endpoint-" + (shown.is_open ? shown.state.is_over ? "over" : "open" : "form") + (is_dark ? "-dark-" : "-light-") + std::to_string(static_cast<int>(scale * 10)) + ".png");
            }
}

TEST(EndpointView, AsksForWhatIsPressed) {
    const std::vector<WantEndpoint> opening = Picture({}).sweep();
    ASSERT_FALSE(opening.empty());
    for (const WantEndpoint& want : opening) {
        EXPECT_EQ(want.what, WantEndpoint::What::Open);
        EXPECT_FALSE(want.goes_anywhere);
    }
    std::set<std::string> orders;
    bool can_close = false;
    for (const WantEndpoint& want : Picture(at_work()).sweep()) {
        EXPECT_NE(want.what, WantEndpoint::What::Open);
        can_close |= want.what == WantEndpoint::What::Close;
        if (want.what == WantEndpoint::What::Order) orders.insert(want.text);
        EXPECT_TRUE(want.what != WantEndpoint::What::Order || read_endpoint_order(want.text)) << want.text;
    }
    EXPECT_TRUE(can_close);
    EXPECT_EQ(orders, (std::set<std::string>{"half-close", "close", "reset", "echo on", "slow 10"}));
    for (const WantEndpoint& want : Picture(at_work(true)).sweep()) EXPECT_EQ(want.what, WantEndpoint::What::Close) << "nothing else is left";
}

}  // namespace
}  // namespace ipcscope
