/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tls-pair.h"

#include "ns3/smkex-tls-engine.h"
#include "ns3/test.h"

#include <arpa/inet.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ns3;
using namespace smkex;

namespace
{

constexpr int PATIENCE_MS = 10000; //!< for a host that is busy; nothing waits that long otherwise

/** A file descriptor of this object's own. */
class Descriptor
{
  public:
    explicit Descriptor(int number)
        : m_number(number)
    {
    }

    ~Descriptor()
    {
        close(m_number);
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int operator*() const
    {
        return m_number;
    }

  private:
    int m_number;
};

sockaddr_in
Loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/** \return a TCP socket on a port of the host's choice on loopback, and the port */
int
Listen(std::uint16_t& port)
{
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof address;
    bind(listener, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener, 1);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    return listener;
}

/** One run of `openssl`, ended with this object. */
class OpenSsl
{
  public:
    OpenSsl(const std::vector<std::string>& arguments, const std::string& log)
    {
        int input[2];
        if (pipe(input) != 0)
        {
            std::abort();
        }
        m_input = input[1];
        m_process = fork();
        if (m_process == 0)
        {
            dup2(input[0], STDIN_FILENO);
            close(input[0]);
            close(input[1]);
            const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
            dup2(output, STDOUT_FILENO);
            dup2(output, STDERR_FILENO);
            std::vector<char*> words{const_cast<char*>("openssl")};
            for (const std::string& argument : arguments)
            {
                words.push_back(const_cast<char*>(argument.c_str()));
            }
            words.push_back(nullptr);
            execvp("openssl", words.data());
            _exit(127);
        }
        close(input[0]);
    }

    ~OpenSsl()
    {
        close(m_input);
        if (IsRunning())
        {
            kill(m_process, SIGTERM);
            waitpid(m_process, nullptr, 0);
        }
    }

    OpenSsl(const OpenSsl&) = delete;
    OpenSsl& operator=(const OpenSsl&) = delete;

    bool IsRunning()
    {
        m_hasEnded = m_hasEnded || waitpid(m_process, nullptr, WNOHANG) == m_process;
        return !m_hasEnded;
    }

    /** Types a line, which it sends to its peer. */
    void Type(const std::string& line)
    {
        if (write(m_input, line.data(), line.size()) < 0)
        {
            std::abort();
        }
    }

  private:
    int m_input;
    pid_t m_process;
    bool m_hasEnded{false};
};

/** An engine on a socket. */
class OnSocket
{
  public:
    OnSocket(TlsConfig::Role role, Group group, int socket)
        : m_end(7,
                [role, group](Processor& processor) {
                    KeyExchangeConfig config;
                    config.group = group;
                    return std::make_unique<TlsEngine>(processor, role, config);
                }),
          m_socket(socket)
    {
        m_end.Take(m_end.engine->OnStart(Instant(0)));
        m_end.Take(m_end.engine->OnPathUp(1, Instant(0)));
    }

    /** Reads and writes until \p done, the peer has gone, or nothing comes for too long. */
    void Run(const std::function<bool()>& done)
    {
        Flush();
        std::array<std::uint8_t, 4096> buffer;
        pollfd readable{m_socket, POLLIN, 0};
        while (!done() && poll(&readable, 1, PATIENCE_MS) == 1)
        {
            const ssize_t size = read(m_socket, buffer.data(), buffer.size());
            if (size <= 0)
            {
                m_end.Take(m_end.engine->OnPathDown(1, PathEnd::Closed, Instant(0)));
                return;
            }
            m_end.Take(
                m_end.engine->OnBytes(1, ByteView(buffer.data(), std::size_t(size)), Instant(0)));
            Flush();
        }
    }

    void Send(const std::string& text)
    {
        m_end.Take(m_end.engine->SendApplicationData(ByteView(text), Instant(0)));
        Flush();
    }

    TlsEnd& End()
    {
        return m_end;
    }

  private:
    void Flush()
    {
        for (const SendBytes& message : std::exchange(m_end.outbox, {}))
        {
            send(m_socket, message.bytes.data(), message.bytes.size(), MSG_NOSIGNAL);
        }
    }

    TlsEnd m_end;
    int m_socket;
};

class InteropCase : public TestCase
{
  public:
    explicit InteropCase(const std::string& name)
        : TestCase(name)
    {
    }

  protected:
    bool IsMissing() const
    {
        if (std::system("openssl version >/dev/null 2>&1") == 0)
        {
            return false;
        }
        std::cout << "SKIP smkex-tls-interop " << GetName() << ": there is no openssl command"
                  << std::endl;
        return true;
    }

    /** DER as PEM, in a file of this test's folder. */
    std::string WritePem(const std::string& name, const std::string& label, ByteView der)
    {
        const std::string path = CreateTempDirFilename(name);
        EncodePem(path, label, der);
        return path;
    }

    std::string Log(const std::string& name)
    {
        return CreateTempDirFilename(name);
    }

    static std::string Read(const std::string& path)
    {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

  private:
    static void EncodePem(const std::string& path, const std::string& label, ByteView der)
    {
        static const char* const digits =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        std::string text;
        for (std::size_t i = 0; i < der.size(); i += 3)
        {
            const std::size_t left = std::min<std::size_t>(3, der.size() - i);
            const unsigned three =
                der[i] << 16 | (left > 1 ? der[i + 1] << 8 : 0) | (left > 2 ? der[i + 2] : 0);
            for (std::size_t j = 0; j < 4; ++j)
            {
                text += j <= left ? digits[three >> (18 - 6 * j) & 63] : '=';
            }
            text += i % 48 == 45 && left == 3 && i + 3 < der.size() ? "\n" : "";
        }
        std::ofstream(path) << "-----BEGIN " << label << "-----\n"
                            << text << "\n-----END " << label << "-----\n";
    }
};

/** Our client, their server. */
class ClientCase : public InteropCase
{
  public:
    ClientCase()
        : InteropCase("A client completes a handshake with openssl s_server, unless its "
                      "certificate is expired, of another name or of nobody known")
    {
    }

  private:
    void DoRun() override
    {
        if (IsMissing())
        {
            return;
        }
        const std::vector<std::pair<TlsCertificate, std::optional<Failure>>> table{
            {TlsCertificate::Authentic, std::nullopt},
            {TlsCertificate::Rogue, std::nullopt},
            {TlsCertificate::Expired, Failure::CertificateExpired},
            {TlsCertificate::WrongName, Failure::CertificateName},
            {TlsCertificate::SelfSigned, Failure::CertificateUntrusted},
        };
        for (const auto& [certificate, expected] : table)
        {
            Check(certificate, Group::X25519, expected);
        }
        Check(TlsCertificate::Authentic, Group::P256, std::nullopt);
    }

    void Check(TlsCertificate certificate, Group group, const std::optional<Failure>& expected)
    {
        const std::string what = std::string(NameOf(certificate)) + " " + NameOf(group);
        const TlsIdentity& identity = TlsPki::Default()->Identity(certificate);
        std::uint16_t port = 0;
        close(Listen(port)); // free a moment ago
        const std::string log = Log("s_server.log");
        OpenSsl server({"s_server",
                        "-accept",
                        "127.0.0.1:" + std::to_string(port),
                        "-cert",
                        WritePem("cert.pem", "CERTIFICATE", identity.certificate),
                        "-key",
                        WritePem("key.pem", "PRIVATE KEY", identity.privateKey),
                        "-tls1_3",
                        "-naccept",
                        "1",
                        "-rev"}, // answers a line by the line in reverse
                       log);
        const Descriptor socket(Connect(server, port));
        OnSocket client(TlsConfig::Role::Client, group, *socket);
        NS_TEST_ASSERT_MSG_NE(*socket, -1, Read(log));
        const Engine& engine = *client.End().engine;
        client.Run([&engine] { return engine.IsAccepted() || engine.FailureReason(); });
        NS_TEST_EXPECT_MSG_EQ((engine.FailureReason() == expected),
                              true,
                              what << ": " << Read(log));
        NS_TEST_EXPECT_MSG_EQ(engine.IsAccepted(), !expected.has_value(), what);
        if (engine.IsAccepted())
        {
            client.Send("desrever\n");
            client.Run([&client] { return client.End().received.size() >= 9; });
            NS_TEST_EXPECT_MSG_EQ(
                (ByteView(client.End().received) == ByteView(std::string("reversed\n"))),
                true,
                what << ": " << Read(log));
        }
    }

    /** Tries until the server listens. */
    static int Connect(OpenSsl& server, std::uint16_t port)
    {
        for (int waited = 0; waited < PATIENCE_MS && server.IsRunning(); waited += 10)
        {
            const int connected = ::socket(AF_INET, SOCK_STREAM, 0);
            const sockaddr_in address = Loopback(port);
            if (connect(connected, reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                0)
            {
                return connected;
            }
            close(connected);
            poll(nullptr, 0, 10);
        }
        return -1;
    }
};

/** Our server, their client. */
class ServerCase : public InteropCase
{
  public:
    ServerCase()
        : InteropCase("A server completes a handshake with openssl s_client, which finds its "
                      "certificate in order")
    {
    }

  private:
    void DoRun() override
    {
        if (IsMissing())
        {
            return;
        }
        for (const Group group : {Group::X25519, Group::P256})
        {
            Check(group);
        }
    }

    void Check(Group group)
    {
        std::uint16_t port = 0;
        const Descriptor listener(Listen(port));
        const std::string log = Log("s_client.log");
        const std::string authority =
            WritePem("authority.pem", "CERTIFICATE", TlsPki::Default()->Authorities().front());
        OpenSsl client({"s_client",
                        "-connect",
                        "127.0.0.1:" + std::to_string(port),
                        "-CAfile",
                        authority,
                        "-verify_return_error",
                        "-verify_hostname",
                        TlsPki::ServerName(),
                        "-groups",
                        group == Group::X25519 ? "X25519" : "P-256",
                        "-quiet"},
                       log);
        client.Type("hello\n");
        pollfd waiting{*listener, POLLIN, 0};
        NS_TEST_ASSERT_MSG_EQ(poll(&waiting, 1, PATIENCE_MS), 1, Read(log));
        const Descriptor socket(accept(*listener, nullptr, nullptr));
        OnSocket server(TlsConfig::Role::Server, group, *socket);
        server.Run([&server] { return server.End().received.size() >= 6; });
        NS_TEST_EXPECT_MSG_EQ(server.End().engine->IsAccepted(), true, Read(log));
        NS_TEST_EXPECT_MSG_EQ((ByteView(server.End().received) == ByteView(std::string("hello\n"))),
                              true,
                              Read(log));
        server.Send("bye\n");
        for (int waited = 0; waited < PATIENCE_MS && Read(log).find("bye") == std::string::npos;
             waited += 10)
        {
            poll(nullptr, 0, 10);
        }
        NS_TEST_EXPECT_MSG_NE(Read(log).find("bye"), std::string::npos, Read(log));
    }
};

class TlsInteropSuite : public TestSuite
{
  public:
    TlsInteropSuite()
        : TestSuite("smkex-tls-interop", UNIT)
    {
        AddTestCase(new ClientCase, QUICK);
        AddTestCase(new ServerCase, QUICK);
    }
};

const TlsInteropSuite g_tlsInteropSuite;

} // namespace
