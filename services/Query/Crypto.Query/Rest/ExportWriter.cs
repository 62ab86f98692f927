using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Crypto.Query.Rest;

/// <summary>Makes a table of a JSON answer.</summary>
internal static class ExportWriter
{
    private const string Part = "part";
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    public static ReadOnlyMemory<byte> Write(Export export, ExportFormat format, ReadOnlyMemory<byte> body)
    {
        using var answer = JsonDocument.Parse(body);
        var shared = export.Shared.Select(name => (name, answer.RootElement.GetProperty(name)));
        var rows = export.Parts.SelectMany(part => answer.RootElement.GetProperty(part).EnumerateArray().Select(row => (part, row)));
        return format == ExportFormat.Csv ? Csv(export, [.. shared], rows) : NdJson(export, [.. shared], rows);
    }

    private static byte[] Csv(Export export, (string Name, JsonElement Value)[] shared, IEnumerable<(string Part, JsonElement Row)> rows)
    {
        var several = export.Parts.Length > 1;
        var text = new StringBuilder();
        text.AppendJoin(',', [.. export.Shared, .. several ? [Part] : Array.Empty<string>(), .. export.Columns]).Append("\r\n");
        foreach (var (part, row) in rows)
        {
            foreach (var (_, value) in shared) Append(text, value).Append(',');
            if (several) text.Append(part).Append(',');
            for (var i = 0; i < export.Columns.Length; i++)
            {
                if (i > 0) text.Append(',');
                if (row.TryGetProperty(export.Columns[i], out var value)) Append(text, value);
            }
            text.Append("\r\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static StringBuilder Append(StringBuilder text, JsonElement value)
    {
        var field = value.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => value.GetString()!,
            _ => value.GetRawText(),
        };
        return field.AsSpan().ContainsAny(Quoted)
            ? text.Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"')
            : text.Append(field);
    }

    private static ReadOnlyMemory<byte> NdJson(Export export, (string Name, JsonElement Value)[] shared, IEnumerable<(string Part, JsonElement Row)> rows)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        foreach (var (part, row) in rows)
        {
            json.WriteStartObject();
            foreach (var (name, value) in shared)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            if (export.Parts.Length > 1) json.WriteString(Part, part);
            foreach (var member in row.EnumerateObject()) member.WriteTo(json);
            json.WriteEndObject();
            json.Flush();
            output.Write("\n"u8);
            json.Reset();
        }
        return output.WrittenMemory;
    }
}
