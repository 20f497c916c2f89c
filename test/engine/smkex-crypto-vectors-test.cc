/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-test-doubles.h"

#include "ns3/smkex-crypto.h"
#include "ns3/test.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

using namespace ns3;
using namespace smkex;

namespace
{

using Json = nlohmann::json;

const std::string SUITE = "smkex-crypto-vectors";

Bytes
OctetsOf(const Json& test, const char* key)
{
    return FromHex(test.at(key).get<std::string>());
}

bool
HasFlag(const Json& test, const std::string& flag)
{
    const auto& flags = test.at("flags");
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

/**
 * Runs the vectors of one file of project Wycheproof (test vectors, version 1). The files are no
 * part of this project: without them the case is skipped. They are looked for in the directory
 * wycheproof of $SMKEX_SHARED_DATA, or else of ../shared/data.
 */
class VectorsCase : public TestCase
{
  public:
    VectorsCase(const std::string& name,
                std::string file,
                std::size_t accepted,
                std::size_t refused)
        : TestCase(name),
          m_file(std::move(file)),
          m_expectedAccepted(accepted),
          m_expectedRefused(refused)
    {
    }

  protected:
    /** Checks one vector; calls CountAccepted() or CountRefused() by what the vector is for. */
    virtual void Check(const Json& group, const Json& test, const std::string& label) = 0;

    void CountAccepted()
    {
        ++m_accepted;
    }

    void CountRefused()
    {
        ++m_refused;
    }

  private:
    void DoRun() override
    {
        const char* set = std::getenv("SMKEX_SHARED_DATA");
        const std::filesystem::path path =
            std::filesystem::path(set ? set : "../shared/data") / "wycheproof" / m_file;
        std::ifstream stream(path);
        if (!stream)
        {
            std::cout << "SKIP " << SUITE << " " << GetName() << ": no file " << path.string()
                      << std::endl;
            return;
        }
        const Json vectors = Json::parse(stream, nullptr, false);
        NS_TEST_ASSERT_MSG_EQ(vectors.is_discarded(), false, path << " is no JSON");
        for (const auto& group : vectors.at("testGroups"))
        {
            for (const auto& test : group.at("tests"))
            {
                Check(group,
                      test,
                      "vector " + test.at("tcId").dump() + " " + test.at("flags").dump());
            }
        }
        // A file cut short, or a key that has been renamed, must not pass.
        NS_TEST_EXPECT_MSG_EQ(m_accepted, m_expectedAccepted, "vectors with a result");
        NS_TEST_EXPECT_MSG_EQ(m_refused, m_expectedRefused, "vectors to refuse");
    }

    std::string m_file;
    std::size_t m_expectedAccepted;
    std::size_t m_expectedRefused;
    std::size_t m_accepted{0};
    std::size_t m_refused{0};
};

/**
 * "Acceptable" there are values that RFC 7748 lets an implementation refuse. Ours takes points on
 * the twist and coordinates that are not reduced (RFC 7748, 5 and 7), with the result that the
 * vector gives, and refuses those whose secret is zero (RFC 7748, 6.1).
 */
class X25519VectorsCase : public VectorsCase
{
  public:
    X25519VectorsCase()
        : VectorsCase("X25519 gives each secret and refuses each zero one",
                      "x25519_test.json",
                      487,
                      31)
    {
    }

  private:
    void Check(const Json&, const Json& test, const std::string& label) override
    {
        const auto result =
            Agree(Group::X25519, OctetsOf(test, "private"), OctetsOf(test, "public"));
        NS_TEST_EXPECT_MSG_EQ(ToHex(result.secret), test.at("shared"), label);
        const bool zero = HasFlag(test, "ZeroSharedSecret");
        NS_TEST_EXPECT_MSG_EQ((result.error == PublicKeyError::ZeroSecret), zero, label);
        NS_TEST_EXPECT_MSG_EQ((result.error == PublicKeyError::None), !zero, label);
        zero ? CountRefused() : CountAccepted();
    }
};

/**
 * "Acceptable" there is one valid point in compressed form. It is refused by its length, as are the
 * invalid compressed points and the empty one: TLS and this protocol have the uncompressed form
 * only.
 */
class P256VectorsCase : public VectorsCase
{
  public:
    P256VectorsCase()
        : VectorsCase("P-256 gives each secret and refuses each bad point",
                      "ecdh_secp256r1_ecpoint_test.json",
                      330,
                      25)
    {
    }

  private:
    void Check(const Json&, const Json& test, const std::string& label) override
    {
        // The vectors write numbers with a leading zero octet or without leading zeros.
        const Bytes number = OctetsOf(test, "private");
        Bytes privateKey(32, 0);
        for (std::size_t i = 0; i < std::min<std::size_t>(number.size(), 32); ++i)
        {
            privateKey[31 - i] = number[number.size() - 1 - i];
        }
        const auto result = Agree(Group::P256, privateKey, OctetsOf(test, "public"));
        if (test.at("result") == "valid")
        {
            NS_TEST_EXPECT_MSG_EQ((result.error == PublicKeyError::None), true, label);
            NS_TEST_EXPECT_MSG_EQ(ToHex(result.secret), test.at("shared"), label);
            CountAccepted();
            return;
        }
        const bool uncompressed = HasFlag(test, "InvalidCurveAttack");
        NS_TEST_EXPECT_MSG_EQ((result.error == PublicKeyError::NotOnCurve), uncompressed, label);
        NS_TEST_EXPECT_MSG_EQ((result.error == PublicKeyError::WrongLength), !uncompressed, label);
        NS_TEST_EXPECT_MSG_EQ(result.secret.empty(), true, label);
        CountRefused();
    }
};

/** Invalid there are outputs that are too long, which only a caller of ours can ask for. */
class HkdfVectorsCase : public VectorsCase
{
  public:
    HkdfVectorsCase()
        : VectorsCase("HKDF gives each output, and none beyond its limit",
                      "hkdf_sha256_test.json",
                      83,
                      3)
    {
    }

  private:
    void Check(const Json&, const Json& test, const std::string& label) override
    {
        const auto derive = [&test] {
            return HkdfSha256(OctetsOf(test, "ikm"),
                              OctetsOf(test, "salt"),
                              OctetsOf(test, "info"),
                              test.at("size").get<std::size_t>());
        };
        if (test.at("result") == "valid")
        {
            NS_TEST_EXPECT_MSG_EQ(ToHex(derive()), test.at("okm"), label);
            CountAccepted();
            return;
        }
        NS_TEST_EXPECT_MSG_EQ(Aborts(derive), true, label);
        CountRefused();
    }
};

/** Invalid there are tags that were changed; half of the tags are cut to 16 octets. */
class HmacVectorsCase : public VectorsCase
{
  public:
    HmacVectorsCase()
        : VectorsCase("HMAC gives each tag and no changed one", "hmac_sha256_test.json", 66, 108)
    {
    }

  private:
    void Check(const Json& group, const Json& test, const std::string& label) override
    {
        const Digest mac = HmacSha256(OctetsOf(test, "key"), OctetsOf(test, "msg"));
        const std::size_t size = group.at("tagSize").get<std::size_t>() / 8;
        const bool valid = test.at("result") == "valid";
        const bool equal = EqualInConstantTime(ByteView(mac).First(size), OctetsOf(test, "tag"));
        NS_TEST_EXPECT_MSG_EQ(equal, valid, label);
        valid ? CountAccepted() : CountRefused();
    }
};

/**
 * The 128-bit keys. Invalid there are changed tags, which do not open, and empty nonces, which
 * only a caller of ours can hand in.
 */
class AeadVectorsCase : public VectorsCase
{
  public:
    AeadVectorsCase()
        : VectorsCase("AES-128-GCM seals and opens each message, and opens no changed one",
                      "aes_gcm_test.json",
                      79,
                      29)
    {
    }

  private:
    void Check(const Json& group, const Json& test, const std::string& label) override
    {
        if (group.at("keySize") != 128)
        {
            return;
        }
        const Bytes key = OctetsOf(test, "key");
        const Bytes nonce = OctetsOf(test, "iv");
        const Bytes additional = OctetsOf(test, "aad");
        const Bytes plaintext = OctetsOf(test, "msg");
        Bytes sealed = OctetsOf(test, "ct");
        Append(sealed, OctetsOf(test, "tag"));
        if (nonce.empty())
        {
            NS_TEST_EXPECT_MSG_EQ(Aborts([&] { OpenAes128Gcm(key, nonce, additional, sealed); }),
                                  true,
                                  label);
            CountRefused();
            return;
        }
        const bool valid = test.at("result") == "valid";
        const auto opened = OpenAes128Gcm(key, nonce, additional, sealed);
        NS_TEST_EXPECT_MSG_EQ(opened.has_value(), valid, label);
        NS_TEST_EXPECT_MSG_EQ((SealAes128Gcm(key, nonce, additional, plaintext) == sealed),
                              valid,
                              label);
        if (valid && opened)
        {
            NS_TEST_EXPECT_MSG_EQ(ToHex(*opened), ToHex(plaintext), label);
        }
        valid ? CountAccepted() : CountRefused();
    }
};

/** Invalid there are signatures of another form or value. */
class SignatureVectorsCase : public VectorsCase
{
  public:
    SignatureVectorsCase()
        : VectorsCase("Ed25519 verifies each signature and no other form of one",
                      "ed25519_test.json",
                      88,
                      63)
    {
    }

  private:
    void Check(const Json& group, const Json& test, const std::string& label) override
    {
        const Bytes publicKey = OctetsOf(group.at("publicKey"), "pk");
        const bool valid = test.at("result") == "valid";
        NS_TEST_EXPECT_MSG_EQ(
            VerifyEd25519(publicKey, OctetsOf(test, "msg"), OctetsOf(test, "sig")),
            valid,
            label);
        valid ? CountAccepted() : CountRefused();
    }
};

class VectorsSuite : public TestSuite
{
  public:
    VectorsSuite()
        : TestSuite(SUITE, UNIT)
    {
        AddTestCase(new X25519VectorsCase, TestCase::QUICK);
        AddTestCase(new P256VectorsCase, TestCase::QUICK);
        AddTestCase(new HkdfVectorsCase, TestCase::QUICK);
        AddTestCase(new HmacVectorsCase, TestCase::QUICK);
        AddTestCase(new AeadVectorsCase, TestCase::QUICK);
        AddTestCase(new SignatureVectorsCase, TestCase::QUICK);
    }
};

const VectorsSuite g_vectorsSuite;

} // namespace
