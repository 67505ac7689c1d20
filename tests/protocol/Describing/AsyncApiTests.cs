using System.Reflection;
using System.Text.Json.Nodes;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Describing;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Tests.Messages;
using KioskFleet.Protocol.Tests.Telemetry;
using KioskFleet.Protocol.Topics;
using NJsonSchema;
using Xunit;
using YamlDotNet.Serialization;

namespace KioskFleet.Protocol.Tests.Describing;

public sealed class AsyncApiTests
{
    private static readonly JsonNode Document = Read();

    public static TheoryData<Type> Enums =>
    [
        typeof(ReceiptOutcome), typeof(Refusal), typeof(EntryKind), typeof(SaleSource), typeof(PaymentMethod),
        typeof(NonSalePurpose), typeof(DeliveryState), typeof(PaymentOutcome), typeof(SuccessionReason),
        typeof(QuarantineReason), typeof(EntryMarks), typeof(SaleMarks), typeof(AidClaim),
        typeof(CabinetKind), typeof(GateMode), typeof(GateClass),
    ];

    private static JsonNode Read()
    {
        using var stream = typeof(MessageJson).Assembly.GetManifestResourceStream("asyncapi.yaml")!;
        using var reader = new StreamReader(stream);
        var yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build()
            .Deserialize<object>(reader.ReadToEnd());
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(yaml))!;
    }

    private static Task<JsonSchema> SchemaOf(string name)
    {
        var schemas = Document["components"]!["schemas"]!.ToJsonString()
            .Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal);
        return JsonSchema.FromJsonAsync(
            $$"""{ "definitions": {{schemas}}, "allOf": [{ "$ref": "#/definitions/{{name}}" }] }""");
    }

    [Fact]
    public async Task The_view_of_every_message_fits_its_schema()
    {
        foreach (var (name, payload) in Samples.Messages())
        {
            var json = GoldenFileTests.Json(writer => MessageJson.Write(payload, writer));
            var message = JsonNode.Parse(json)!["message"]!.GetValue<string>();
            var schema = await SchemaOf(char.ToUpperInvariant(message[0]) + message[1..] + "View");

            var errors = schema.Validate(json);
            Assert.True(errors.Count == 0, $"{name}: {string.Join("; ", errors)}\n{json}");
        }
    }

    [Fact]
    public async Task The_view_of_every_entry_fits_its_schema_and_that_of_its_kind()
    {
        var entry = await SchemaOf("Entry");
        foreach (var (name, bytes) in Samples.Entries.Append(("no-entry", [7, 7])))
        {
            var json = GoldenFileTests.Json(writer => EntryJson.Write(bytes, writer));
            Assert.True(entry.Validate(json).Count == 0, $"{name}: {string.Join("; ", entry.Validate(json))}\n{json}");
            if (JsonNode.Parse(json) is { } node && node["body"] is { } body)
            {
                var schema = await SchemaOf(node["kind"]!.GetValue<string>());
                Assert.Empty(schema.Validate(body.ToJsonString()));
            }
        }
    }

    [Fact]
    public async Task A_schema_refuses_what_is_missing_or_unknown()
    {
        var json = JsonNode.Parse(GoldenFileTests.Json(writer => MessageJson.Write(Samples.Receipt.Encode(), writer)))!;
        var schema = await SchemaOf("ReceiptView");

        json["surprise"] = 1;
        Assert.NotEmpty(schema.Validate(json.ToJsonString()));
        json.AsObject().Remove("surprise");
        Assert.Empty(schema.Validate(json.ToJsonString()));
        json.AsObject().Remove("head");
        Assert.NotEmpty(schema.Validate(json.ToJsonString()));
    }

    [Fact]
    public async Task A_telemetry_message_fits_its_schema_and_a_wrong_one_does_not()
    {
        var schema = await SchemaOf("Telemetry");
        var json = System.Text.Encoding.UTF8.GetString(TelemetrySamples.Message(TelemetrySamples.Sample()));

        var errors = schema.Validate(json);
        Assert.True(errors.Count == 0, $"{string.Join("; ", errors)}\n{json}");
        Assert.NotEmpty(schema.Validate(json.Replace("4100", "151000", StringComparison.Ordinal)));
        Assert.NotEmpty(schema.Validate(json.Replace("\"pieces\":5,", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_lane_has_its_channel_under_its_topic()
    {
        var cabinet = CabinetId.Parse("X");
        var addresses = Document["channels"]!.AsObject()
            .Select(channel => channel.Value!["address"]!.GetValue<string>())
            .Select(address => address.Replace("{cabinet}", "X", StringComparison.Ordinal));

        var topics = Enum.GetValues<Lane>().Select(lane => new CabinetTopic(cabinet, lane).ToString());
        Assert.Equal(topics.Order(StringComparer.Ordinal), addresses.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Enums))]
    public void Every_value_of_every_set_is_described(Type type)
    {
        var described = Document["components"]!["schemas"]![type.Name]!["enum"]!.AsArray()
            .Select(value => value!.GetValue<string>());

        var names = type.GetCustomAttribute<FlagsAttribute>() is null
            ? Enum.GetNames(type)
            : Enum.GetNames(type).Where(name => name != "None");
        Assert.Equal(names, described);
    }
}
